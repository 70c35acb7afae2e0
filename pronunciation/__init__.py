"""Scoring read-aloud speech. Empty so far: nothing here is usable yet."""
