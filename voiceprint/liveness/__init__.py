"""Liveness: signs that a living person speaks here and now.

``docs/liveness.md`` says what each of them stops, and what none of them stops.

::

    challenge = new_challenge()                       # "seven three nine one four", for 30 s
    result = ChallengeChecker().check(samples, challenge.phrase)
    same_utterance(fingerprint(samples), kept)        # 0.36 and more: it was heard before
    one_speaker(samples, embedder)
    played_back(samples), SpoofDetector(file).spoof(samples)    # soft signs
"""

from voiceprint.liveness.aasist import SpoofDetector
from voiceprint.liveness.challenge import Challenge, Kind, new_challenge
from voiceprint.liveness.check import ChallengeChecker, ChallengeResult
from voiceprint.liveness.check_grammar import GrammarChecker
from voiceprint.liveness.consistency import agreement, one_speaker
from voiceprint.liveness.playback import played_back
from voiceprint.liveness.replay import fingerprint, same_utterance

__all__ = [
    "Challenge",
    "ChallengeChecker",
    "ChallengeResult",
    "GrammarChecker",
    "Kind",
    "SpoofDetector",
    "agreement",
    "fingerprint",
    "new_challenge",
    "one_speaker",
    "played_back",
    "same_utterance",
]
