"""The command line: parse, call, present. No audio, no text rules, no file formats here."""

import os
import sys
from time import perf_counter

BEGUN = perf_counter()
"""When the command began, before anything heavy was imported: what "seconds taken" counts from."""


os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Our matrices are small: threads for them cost more than they gain. Read when NumPy is imported."""


def main() -> None:
    """Run the command line; Ctrl-C is exit status 130 even while this is still being imported."""
    try:
        from voxcue.cli.app import run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
