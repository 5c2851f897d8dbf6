"""``python -m voxcue`` is the command ``voxcue``."""

from voxcue.cli import main

if __name__ == "__main__":
    main()
