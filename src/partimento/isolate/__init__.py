"""Work in child processes with limits on memory and time, which may fail without harm here."""

from .limits import guard
from .message import Json, read_message, write_message
from .parent import isolated

__all__ = ["Json", "guard", "isolated", "read_message", "write_message"]
