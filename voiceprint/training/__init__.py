"""How the head and the calibration that ship were made, as code that anyone can run again."""
