"""What a final says once the wake word, and what came before it, is taken away."""

from __future__ import annotations

from speech.recognition.contract import Final


def readings(final: Final, wake_word: str) -> tuple[str, tuple[str, ...]]:
    """The text of the command, and the other hypotheses of it, best first.

    Parameters
    ----------
    wake_word
        The wake word that came before, or empty. The text is empty where nothing followed it.
    """
    text = _command(final.text, wake_word)
    others = dict.fromkeys(_command(other.text, wake_word) for other in final.alternatives)
    return text, tuple(other for other in others if other and other != text)


def least_sure(final: Final, command: str) -> float:
    """How sure the recogniser is of the word of which it is least sure, 0-1.

    Parameters
    ----------
    command
        What of the text counts: its end, without the wake word. An engine that tells nothing of
        its words is as sure of each as of the whole, and not at all if it does not tell that.
    """
    known: list[float] = []
    left = _length(command)
    for word in reversed(final.words):  # in Chinese a word of the recogniser may be a character
        if word.confidence is not None:
            known.append(word.confidence)
        left -= _length(word.word)
        if left <= 0:
            break
    return min(known, default=final.confidence or 0.0)


def _length(text: str) -> int:
    return len("".join(text.split()))


def _command(text: str, wake_word: str) -> str:
    text = text.strip()
    if not wake_word:
        return text
    from assistant.wake import after_wake_word

    rest = after_wake_word(text, wake_word)
    return text if rest is None else rest
