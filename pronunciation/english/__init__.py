"""English: its sounds, how its words are said, and how a text is read aloud."""
