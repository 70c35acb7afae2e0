"""The front door: the command line, which mounts every room's commands, and Wyoming."""
