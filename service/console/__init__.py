"""The console: pages, styles and scripts that :mod:`service.doors.console` serves to browsers."""
