"""Recognising who speaks. Empty so far: nothing here is usable yet."""
