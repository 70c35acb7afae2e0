"""What Sonorant costs and gets right, measured beside the peer that one would pick instead."""
