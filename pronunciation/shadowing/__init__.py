"""Shadowing: a learner's recording beside the teacher's, in any language, without a text.

::

    from pronunciation.shadowing.comparison import Shadower

    found = Shadower().compare(read("teacher.wav"), read("learner.wav"))
    found.same, found.sounds, found.melody, found.rhythm
"""
