"""The front door: the command line, which mounts every room's commands, and the service.

A connection goes from :mod:`service.reception` (is it let in?) to its door in :mod:`service.doors`,
which speaks :mod:`service.messages` over a :mod:`service.line` and has the work done by the
:mod:`service.pool` with the :mod:`service.engines`.
"""
