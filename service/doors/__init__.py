"""What stands behind each address: one file a door. Each is a function of a line and the core."""
