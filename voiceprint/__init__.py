"""Recognising who speaks: embeddings, calibrated decisions, liveness, and an encrypted gallery."""
