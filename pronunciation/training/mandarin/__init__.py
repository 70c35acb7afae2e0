"""How the Mandarin scorer learns, from human recordings of syllables and words."""
