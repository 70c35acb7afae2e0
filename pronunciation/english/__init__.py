"""English: reading texts, aligning sounds, scoring them."""
