"""``http://`` and ``https://`` URLs of users: only public addresses, only so far, only so long.

httpcore speaks HTTP; what is ours is the network below it. It resolves each host once, judges every address,
connects to the very ones that were judged, and gives each read and write what is left of the time.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator

import httpcore
import httpx

from voxcue.errors import FetchError
from voxcue.fetch.addresses import public_addresses
from voxcue.fetch.sink import Sink

_PORTS = frozenset({80, 443, 8080, 8443})
_REDIRECTS = 5
_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_CONNECT_SECONDS = 10.0
"""Longest wait for one address before the next one of the same host is tried."""


def download(url: str, sink: Sink, seconds: float) -> None:
    """Write what the URL leads to into ``sink``.

    Raises ``FetchError`` and ``LimitError`` as ``voxcue.fetch.fetch`` says.
    """
    place = _parse(url, "The URL")
    name = f"'{_shown(place)}'"
    network = _PublicNetwork(time.monotonic() + seconds, name)
    try:
        # No environment is read but SSL_CERT_FILE and SSL_CERT_DIR: proxies would connect in our stead.
        with httpcore.ConnectionPool(httpx.create_ssl_context(), network_backend=network) as pool:
            _follow(pool, place, name, sink)
    except httpcore.TimeoutException as error:
        raise FetchError(
            "url-timeout",
            f"{name} was not fetched within {seconds:g} seconds.",
            "Try again, or give a smaller file or a faster place.",
        ) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise _unreachable(name, error) from error


def _follow(pool: httpcore.ConnectionPool, place: httpx.URL, name: str, sink: Sink) -> None:
    for _ in range(_REDIRECTS + 1):
        where = httpcore.URL(
            scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=place.raw_path
        )
        # "identity": what arrives is what is counted and stored, so nothing can be inflated.
        headers = [
            (b"Host", place.netloc),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"close"),
            (b"User-Agent", b"voxcue"),
        ]
        with pool.stream("GET", where, headers=headers) as reply:
            given = httpx.Headers(reply.headers)
            if reply.status not in _REDIRECT_STATUSES or "location" not in given:
                _receive(reply, given, name, sink)
                return
            place = _redirected(place, given["location"], name)
    raise FetchError(
        "url-redirects", f"{name} leads on more than {_REDIRECTS} times.", "Give the URL that it ends at."
    )


def _receive(reply: httpcore.Response, given: httpx.Headers, name: str, sink: Sink) -> None:
    if reply.status != 200:
        raise FetchError(
            "url-status",
            f"The server of {name} answered with status {reply.status}.",
            "Check the URL, and that it works without signing in; signed URLs expire.",
        )
    if given.get("content-encoding", "identity").strip().lower() != "identity":
        raise FetchError(
            "url-encoded",
            f"The server of {name} sends a compressed reply though it was asked not to.",
            "Put the file where it is served as it is.",
        )
    length = given.get("content-length", "")
    if length.isascii() and length.isdigit():
        sink.expect(int(length))
    for chunk in reply.iter_stream():
        sink.write(chunk)


def _redirected(place: httpx.URL, location: str, name: str) -> httpx.URL:
    try:
        following = place.join(location)
    except (httpx.InvalidURL, ValueError):
        following = httpx.URL()
    return _parse(str(following), f"What {name} leads on to")


def _parse(url: str, what: str) -> httpx.URL:
    """Read a URL that may be fetched; messages call it ``what``, because it may hold secrets."""
    try:
        place = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        place = httpx.URL()
    if place.scheme not in {"http", "https"} or not place.host:
        raise FetchError(
            "url-invalid",
            f"{what} is not one that can be fetched.",
            "Give a URL that begins with http://, https:// or s3:// and a host.",
        )
    if place.userinfo:
        raise FetchError(
            "url-invalid",
            f"{what} holds a user name or a password.",
            "Give a URL that works without them, for example a signed one.",
        )
    if _port(place) not in _PORTS:
        raise FetchError(
            "url-refused",
            f"{what} names the port {_port(place)}, which is not fetched from.",
            f"Ports that are: {', '.join(map(str, sorted(_PORTS)))}.",
        )
    return place


def _port(place: httpx.URL) -> int:
    if place.port is not None:
        return place.port
    return 443 if place.scheme == "https" else 80


def _shown(place: httpx.URL) -> str:
    """The URL without what may be secret in it, and not too long."""
    text = str(place.copy_with(query=None, fragment=None))
    return text if len(text) <= 200 else f"{text[:199]}…"


def _unreachable(name: str, error: Exception) -> FetchError:
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(error)):
        reason = "its certificate is not valid for that host"
    elif isinstance(error, httpcore.ConnectError):
        reason = "no connection"
    elif isinstance(error, httpcore.ProtocolError):
        reason = "its server broke off or does not speak HTTP"
    else:
        reason = "the connection was lost"
    return FetchError(
        "url-unreachable", f"{name} cannot be fetched: {reason}.", "Check the URL, and try again."
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class _PublicNetwork(httpcore.NetworkBackend):
    """Connects to public addresses only, until ``end`` (``time.monotonic`` seconds)."""

    def __init__(self, end: float, name: str) -> None:
        self._end = end
        self._name = name
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, if all addresses of the host are public."""
        failure: Exception | None = None
        for address in self._addresses(host, port):
            seconds = min(_left(self._end), _CONNECT_SECONDS)
            try:
                # An address in figures is not looked up again.
                stream = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._end)
        _left(self._end)
        raise httpcore.ConnectError from failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = public_addresses(host, port, _left(self._end))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError from error
        if not addresses:
            # The same words for a name that is not there and one that is internal: neither is told apart.
            raise FetchError(
                "url-refused",
                f"{self._name} leads to a host that has no address on the public internet.",
                "Check the spelling; hosts of internal networks are not fetched from.",
            )
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection on which every step gets the time that is left for the whole fetch."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream = stream
        self._end = end
        self.close = stream.close  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._end))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._end))
        return _TimedStream(stream, self._end)


def _left(end: float) -> float:
    """Seconds until ``end``; raises httpcore's own error when there are none."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise httpcore.TimeoutException
    return seconds
