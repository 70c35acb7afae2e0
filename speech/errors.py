"""Every error that Sonorant raises on purpose, in one tree.

::

    SonorantError
    ├── AudioError               a file or signal cannot be used as audio
    │   └── DeviceError          a microphone or loudspeaker is missing, busy or gone
    ├── ModelError               a model cannot be used
    │   ├── UnknownModelError    the catalogue has no such name
    │   ├── ModelMissingError    known, but not on this machine yet
    │   └── ModelFetchError      fetching, unpacking or checking it failed
    ├── EngineError              a recogniser, synthesiser or wake word cannot do what is asked
    │   └── EngineMissingError   the software that the engine needs is not installed
    ├── ConfigError              a setting or a file of settings is wrong
    ├── VoiceprintError          something about voiceprints cannot be done
    │   ├── GalleryError         the gallery cannot be opened, read or written, or was tampered with
    │   ├── UnknownPersonError   nobody of this name is enrolled
    │   └── EnrolmentError       these recordings cannot enrol this person
    └── BusyError                a bounded queue or pool is full; try again later

Messages are written for the person at the keyboard: what is wrong, and what to do about it.
"""

from __future__ import annotations


class SonorantError(Exception):
    """The root: catch this to catch everything that Sonorant raises on purpose."""


class AudioError(SonorantError):
    """A file or a signal cannot be used as audio."""


class DeviceError(AudioError):
    """A microphone or loudspeaker is missing, busy or has gone away."""


class ModelError(SonorantError):
    """A model cannot be used."""


class UnknownModelError(ModelError):
    """The catalogue has no model of this name."""


class ModelMissingError(ModelError):
    """The model is in the catalogue but not on this machine."""


class ModelFetchError(ModelError):
    """Fetching, unpacking or checking a model failed."""


class EngineError(SonorantError):
    """A recogniser, synthesiser or wake-word engine cannot do what is asked of it."""


class EngineMissingError(EngineError):
    """The software that an engine needs is not installed."""


class ConfigError(SonorantError):
    """A setting, or a file of settings, is wrong."""


class VoiceprintError(SonorantError):
    """Something about voiceprints cannot be done."""


class GalleryError(VoiceprintError):
    """The gallery cannot be opened, read or written, or was changed from outside."""


class UnknownPersonError(VoiceprintError):
    """Nobody of this name is enrolled."""


class EnrolmentError(VoiceprintError):
    """These recordings cannot enrol this person; the message says why, and what to do."""


class BusyError(SonorantError):
    """A bounded queue or pool is full; the same call may succeed later.

    Parameters
    ----------
    retry_after
        In how many seconds, where that can be guessed.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
