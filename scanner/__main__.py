"""`python -m scanner`, which starts as the installed command does."""

from __future__ import annotations

from tallystick_start import main

if __name__ == "__main__":
    main()
