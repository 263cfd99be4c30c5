"""Work in child processes with limits on memory and time, which may fail without harm here."""

from .limits import guard
from .message import Json, read_message, write_message
from .parent import isolated
from .pool import Pool, default_workers
from .task import Defect

__all__ = ["Defect", "Json", "Pool", "default_workers", "guard", "isolated", "read_message", "write_message"]
