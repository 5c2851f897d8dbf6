"""Every error a user can cause, in one tree.

An error has a stable ``code``, a ``message`` of one sentence that says what was wrong with which input,
and a ``hint`` that says what to do. Exit statuses of the command line and HTTP statuses derive from the
class. Programming errors are not in this tree and are never dressed up as one of these.
"""

from __future__ import annotations


class VoxcueError(Exception):
    """Base of all errors that Voxcue raises on purpose."""

    exit_status = 1
    http_status = 500

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[VoxcueError], tuple[str, str, str]]:
        return type(self), (self.code, self.message, self.hint)


class UsageError(VoxcueError):
    """An option or name that is not known, or a value out of its range."""

    exit_status = 2
    http_status = 400


class TextError(VoxcueError):
    """A text that cannot be read or spoken."""

    exit_status = 3
    http_status = 422


class AudioError(VoxcueError):
    """A recording that cannot be read, or holds no usable speech."""

    exit_status = 4
    http_status = 422


class AlignmentError(VoxcueError):
    """A text that does not match the recording it is timed against."""

    exit_status = 5
    http_status = 422


class OutputError(VoxcueError):
    """A place that cannot be written to: missing rights, a full disk, a file where a folder should be."""

    exit_status = 6
    http_status = 507


class UnavailableError(VoxcueError):
    """Something that is known but cannot be used here: a package, a model or a voice not installed."""

    exit_status = 7
    http_status = 503
