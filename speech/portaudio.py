"""The sound devices of this machine, through PortAudio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speech.errors import DeviceError


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """A microphone or loudspeaker."""

    index: int
    name: str
    inputs: int
    """Channels in; 0 for a loudspeaker."""
    outputs: int
    rate: float
    """Its own samples a second."""


def portaudio() -> Any:
    """The module ``sounddevice``.

    Raises
    ------
    DeviceError
        The PortAudio library is not installed.
    """
    try:
        import sounddevice
    except OSError as error:
        raise DeviceError(
            "the PortAudio library is missing, so no microphone or loudspeaker can be used: "
            "sudo apt-get install libportaudio2"
        ) from error
    return sounddevice


def devices() -> tuple[SoundDevice, ...]:
    """All sound devices, by index.

    Raises
    ------
    DeviceError
        PortAudio is missing.
    """
    return tuple(
        SoundDevice(
            int(entry["index"]),
            str(entry["name"]),
            int(entry["max_input_channels"]),
            int(entry["max_output_channels"]),
            float(entry["default_samplerate"]),
        )
        for entry in portaudio().query_devices()
    )


def choose(device: str | None, direction: str) -> int:
    """The index of a device, by index or a part of its name.

    Parameters
    ----------
    device
        None for the system's own choice.
    direction
        ``input`` or ``output``.

    Raises
    ------
    DeviceError
        There is no such device, or several have the name.
    """
    kind = "microphone" if direction == "input" else "loudspeaker"
    fitting = [d for d in devices() if (d.inputs if direction == "input" else d.outputs)]
    if not fitting:
        raise DeviceError(f"this machine has no {kind}")
    if device is None:
        default = int(portaudio().default.device[0 if direction == "input" else 1])
        return next((d.index for d in fitting if d.index == default), fitting[0].index)
    if device.isdigit():
        found = [d for d in fitting if d.index == int(device)]
    else:
        found = [d for d in fitting if device.lower() in d.name.lower()]
    if len(found) == 1:
        return found[0].index
    names = ", ".join(f"{d.index}: {d.name}" for d in found or fitting)
    problem = "several devices fit" if found else f"no {kind} fits"
    raise DeviceError(f"{problem} {device!r}; there are {names}")
