"""The command line: parse, call, present. No audio, no text rules, no file formats here."""

from time import perf_counter

BEGUN = perf_counter()
"""When the command began, before anything heavy was imported: what "seconds taken" counts from."""

from voxcue.cli.app import main  # noqa: E402

__all__ = ["main"]
