"""Compile Python files, run by the interpreter that will load them: names come on standard input.

The result is not checked against its source when it is loaded (PEP 552), so that copies may have other times.
A file that is not valid Python is passed over, as when a package is installed. It is written here and not by
`py_compile`, which does not notice when a full disk takes only a part of it. Imports nothing of ours.
"""

import marshal
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

_UNCHECKED = (1).to_bytes(4, "little")
"""The flags of byte code that names its source by a hash, which nobody looks at."""


def main(built: str, final: str) -> None:
    """Compile for the folder ``final`` what lies in ``built``; names are relative to both. Raises OSError."""
    for name in sys.stdin.read().splitlines():
        source = Path(built, name).read_bytes()
        try:
            code = compile(source, str(Path(final, name)), "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            continue
        target = Path(cache_from_source(str(Path(built, name))))
        target.parent.mkdir(exist_ok=True)
        with target.open("wb") as file:
            file.write(MAGIC_NUMBER + _UNCHECKED + source_hash(source) + marshal.dumps(code))


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"errno {error.errno}: {error}")
