"""Every error a user can cause, in one tree.

An error has a stable ``code``, a ``message`` of one sentence that says what was wrong with which input,
and a ``hint`` that says what to do. Exit statuses of the command line and HTTP statuses derive from the
class. Programming errors are not in this tree and are never dressed up as one of these.
"""

from __future__ import annotations

from typing import Any


class VoxcueError(Exception):
    """Base of all errors that Voxcue raises on purpose."""

    exit_status = 1
    http_status = 500

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[VoxcueError], tuple[Any, ...]]:
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


class ConflictError(UsageError):
    """A name that is taken."""

    http_status = 409


class StorageError(VoxcueError):
    """Object storage that cannot be reached, refuses, or has no room."""

    exit_status = 8
    http_status = 502


class FetchError(VoxcueError):
    """A URL given by a user that is not allowed, does not answer, or does not answer with what was asked."""

    exit_status = 9
    http_status = 422


class LimitError(VoxcueError):
    """An input larger than this installation takes."""

    exit_status = 10
    http_status = 413


class NotFoundError(VoxcueError):
    """A result or a voice that is not there."""

    exit_status = 11
    http_status = 404


class AccessError(VoxcueError):
    """A request without a valid API key."""

    exit_status = 12
    http_status = 401


class ForbiddenError(AccessError):
    """A request that no key makes welcome."""

    http_status = 403


class BusyError(VoxcueError):
    """More work than is taken at once; try again after ``retry_after`` seconds."""

    exit_status = 13
    http_status = 429

    def __init__(self, code: str, message: str, hint: str = "", retry_after: float = 1.0) -> None:
        super().__init__(code, message, hint)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[VoxcueError], tuple[Any, ...]]:
        return type(self), (self.code, self.message, self.hint, self.retry_after)


class DeadlineError(VoxcueError):
    """Work that took longer than a request may."""

    exit_status = 14
    http_status = 504


class SlowRequestError(DeadlineError):
    """A client that takes too long to send its request."""

    http_status = 408
