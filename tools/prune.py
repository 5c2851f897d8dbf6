"""Remove from an environment what no start opens: the tests, headers and converters of its packages.

``prune.py ENVIRONMENT``, for the image; every path named here must exist, so that none is named in vain.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

FOLDERS = {
    "numpy": ("_core/tests", "lib/tests", "ma/tests", "random/tests", "f2py", "typing/tests", "linalg/tests"),
    "onnxruntime": ("transformers", "quantization", "tools", "datasets"),
}
"""Folders of packages."""

FILES = {
    "onnxruntime": ("capi/libonnxruntime.so.*",),
    "pocketsphinx": ("model/en-us/en-us.lm.bin", "model/en-us/en-us-phone.lm.bin"),
}
"""Files: a library for programs in C, which Python's module has in it; language models for dictation."""

SUFFIXES = (".pyi", ".pyx", ".pxd", ".h", ".c", ".a")
"""Sources of compiled modules, and types."""


def main() -> None:
    """Prune, and print what was freed."""
    site = next(Path(sys.argv[1]).glob("lib/python*/site-packages"))
    before = size(site)
    for package, names in FOLDERS.items():
        for name in names:
            shutil.rmtree(site / package / name)
    for package, names in FILES.items():
        for name in names:
            next((site / package).glob(name)).unlink()
    for path in site.rglob("*"):
        if path.suffix in SUFFIXES and path.is_file():
            path.unlink()
    print(f"pruned {(before - size(site)) / 1e6:.0f} of {before / 1e6:.0f} MB")


def size(folder: Path) -> int:
    """Bytes of the files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
