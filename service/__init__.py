"""The front door: so far the command line, which mounts every room's commands."""
