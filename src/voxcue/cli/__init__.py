"""The command line: parse, call, present. No audio, no text rules, no file formats here."""

import sys
from time import perf_counter

BEGUN = perf_counter()
"""When the command began, before anything heavy was imported: what "seconds taken" counts from."""


def main() -> None:
    """Run the command line; Ctrl-C is exit status 130 even while this is still being imported."""
    try:
        from voxcue.cli.app import run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
