"""What moves the devices: one contract, one module a backend."""

from skills.backends.contract import Backend, BackendError, Listener, State, Value

__all__ = ["Backend", "BackendError", "Listener", "State", "Value"]
