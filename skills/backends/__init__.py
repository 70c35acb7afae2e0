"""What moves the devices: one contract, one module or folder a backend."""

from skills.backends.contract import (
    Backend,
    BackendError,
    Command,
    Failure,
    Listener,
    State,
    Value,
)

__all__ = ["Backend", "BackendError", "Command", "Failure", "Listener", "State", "Value"]
