"""The command line: parse, call, present. No audio, no text rules, no file formats here."""

from voxcue.cli.app import main

__all__ = ["main"]
