"""The Mandarin assessor."""
