"""``python -m partimento`` is ``partimento``."""

from .cli import main

if __name__ == "__main__":
    main()
