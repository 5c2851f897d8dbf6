"""Import modules, run by the interpreter that is to have them: a line of JSON for each.

Imports nothing of ours.
"""

import importlib
import json
import sys
from time import perf_counter


def main(names: list[str]) -> None:
    """Import each; the line before it is for a module that takes the process down."""
    for name in names:
        sys.stdout.write(json.dumps({"module": name}) + "\n")
        sys.stdout.flush()
        begun = perf_counter()
        try:
            importlib.import_module(name)
        except BaseException as error:
            reason = f"{type(error).__name__}: {error}".strip().partition("\n")[0]
            sys.stdout.write(json.dumps({"module": name, "error": reason}) + "\n")
            sys.stdout.flush()
            sys.exit(1)
        sys.stdout.write(json.dumps({"module": name, "seconds": round(perf_counter() - begun, 3)}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
