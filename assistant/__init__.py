"""A conversation: wake word, endpoint, recognise, route, act, speak; microphone and loudspeaker."""
