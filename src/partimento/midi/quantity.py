"""The variable-length quantity of Standard MIDI Files: seven bits to a byte, most significant first.

Source: MIDI Manufacturers Association, *Standard MIDI Files 1.0* (RP-001), "Variable Length Quantities".
"""

from ..errors import InputError, UsageError

MOST_BYTES = 4
LARGEST = (1 << 7 * MOST_BYTES) - 1  # 0x0FFFFFFF


def read_quantity(data: bytes, position: int) -> tuple[int, int]:
    """The quantity at ``position`` and the position after it.

    Raises InputError where it is longer than four bytes, IndexError where ``data`` ends inside it.
    """
    value = 0
    for after in range(position + 1, position + MOST_BYTES + 1):
        byte = data[after - 1]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, after
    raise InputError(f"a variable-length quantity of more than {MOST_BYTES} bytes", "damaged")


def write_quantity(value: int) -> bytes:
    """``value`` in as few bytes as hold it. Raises UsageError outside 0 to 0x0FFFFFFF."""
    if not 0 <= value <= LARGEST:
        raise UsageError(f"{value} ticks do not fit a MIDI file: 0 to {LARGEST} between two events; use a coarser grid")
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
