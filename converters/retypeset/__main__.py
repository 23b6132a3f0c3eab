"""The program: `retypeset`, or `python -m retypeset`. An interrupt while it is being loaded ends it in silence, too."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Load the command line and run it."""
    try:
        from .cli import main as run  # noqa: PLC0415  (this is what takes time)

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
