"""Who may use the server: API keys, links that carry their own permission, and no pages of other sites."""

from __future__ import annotations

import hmac
from hashlib import scrypt, sha256
from ipaddress import ip_address
from secrets import token_bytes
from time import time
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers

from voxcue.errors import AccessError, ForbiddenError, UsageError

_OPEN = ("/", "/healthz", "/readyz", "/favicon.ico", "/openapi.json")
_OPEN_FOLDER = "/studio/"


class Access:
    """Decides from the API keys alone. Without keys, everyone who can reach the server may use it.

    Args:
        keys: the accepted keys.
        local: whether the server listens to this machine alone.
    """

    def __init__(self, keys: tuple[str, ...], *, local: bool) -> None:
        self._keys = tuple(key.encode() for key in keys)
        self._local = local
        self._secret = _derived(self._keys) if keys else token_bytes(32)

    def check(self, request: Request) -> None:
        """Let a request pass.

        Raises:
            AccessError: ``key-missing`` or ``key-wrong`` where keys are set.
            ForbiddenError: ``site-refused``, for a page of another site where they are not.
        """
        path = request.scope["path"]  # `request.url` is made from the header Host as well
        if path in _OPEN or path.startswith(_OPEN_FOLDER):
            return
        if not self._keys:
            self._check_site(request.headers)
        elif not self._linked(request):
            self._check_key(request.headers)

    def sign(self, path: str, seconds: int) -> str:
        """The path with a query that lets anyone GET it for so many seconds; bare where no keys are set."""
        if not self._keys:
            return path
        expires = int(time()) + seconds
        return f"{path}?expires={expires}&signature={self._signature(path, expires)}"

    def _linked(self, request: Request) -> bool:
        given = request.query_params.get("signature")
        expires = request.query_params.get("expires", "")
        if request.method not in {"GET", "HEAD"} or given is None or not _is_number(expires):
            return False
        wanted = self._signature(request.scope["path"], int(expires))
        return hmac.compare_digest(wanted.encode(), given.encode()) and int(expires) >= time()

    def _signature(self, path: str, expires: int) -> str:
        return hmac.new(self._secret, f"{expires} {path}".encode(), sha256).hexdigest()

    def _check_key(self, headers: Headers) -> None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise AccessError(
                "key-missing",
                "This server wants an API key.",
                "Send it in the header 'Authorization: Bearer KEY'.",
            )
        given = key.strip().encode("latin-1")  # the bytes as they came
        # Every key is compared, so that the time taken says nothing about which one was nearly right.
        if not sum([hmac.compare_digest(given, known) for known in self._keys]):
            raise AccessError("key-wrong", "The API key is not one that this server knows.", "Check the key.")

    def _check_site(self, headers: Headers) -> None:
        """A page of another site, open in a browser on this machine, could otherwise use the server."""
        host = _host(f"//{headers.get('host', '')}")
        origin = headers.get("origin")
        foreign = origin is not None and origin.partition("://")[2] != headers.get("host")
        if foreign or (self._local and host is not None and not is_loopback(host)):
            raise ForbiddenError(
                "site-refused",
                "This server does not answer to pages of other sites.",
                "Use its own address, or set VOXCUE_API_KEYS and send a key.",
            )


def keys(listed: str) -> tuple[str, ...]:
    """The keys of a comma-separated setting.

    Raises:
        UsageError: ``key-short``, for one that could be guessed.
    """
    found = tuple(key.strip() for key in listed.split(",") if key.strip())
    if any(len(key) < 16 for key in found):
        raise UsageError(
            "key-short",
            "An API key in VOXCUE_API_KEYS has fewer than 16 characters.",
            'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
        )
    return found


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _derived(secrets: tuple[bytes, ...]) -> bytes:
    """A secret that lasts as long as the keys; slow to make, so that no link helps to guess a key."""
    return scrypt(b"\0".join(secrets), salt=b"voxcue links", n=2**14, r=8, p=1, dklen=32)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
