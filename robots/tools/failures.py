"""Why an outward request failed, in words for the user: without credentials, queries and addresses."""

from __future__ import annotations

import socket
from http import HTTPStatus

import aiohttp

from robots.base.errors import ImportFailed
from robots.tools.guard import Forbidden, Refused, spoken

PASSING = {408, 425, 429, 500, 502, 503, 504}  # the same request may be answered later


class Answered(ImportFailed):
    """The other server answered, but not with a file. `wait` are the seconds that it asks for."""

    def __init__(self, url: object, status: int, wait: float | None = None) -> None:
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "an unknown status"
        super().__init__(f"{spoken(url)} could not be fetched: the server answered {status} ({phrase}).")
        self.status = status
        self.wait = wait
        self.retry = status in PASSING


class Unreachable(ImportFailed):
    """No answer, or one that broke off."""

    retry = True


def failure(url: str, error: Exception) -> ImportFailed:
    """The error for the user, made from the one that aiohttp raised."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Forbidden):
        return Refused(f"{spoken(url)} cannot be requested: {error.os_error.strerror}.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        if error.os_error.errno == socket.EAI_AGAIN:
            return Unreachable(f"{spoken(url)} could not be reached: its name cannot be looked up just now.")
        return ImportFailed(f"{spoken(url)} could not be reached: there is no server of this name.")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ImportFailed(f"{spoken(url)} could not be reached: its certificate is not valid.")
    if isinstance(error, aiohttp.ClientSSLError):
        return ImportFailed(f"{spoken(url)} could not be reached: the server does not speak TLS as it should.")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{spoken(url)} could not be reached: the server took too long.")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Unreachable(f"{spoken(url)} could not be reached: the connection ended before the file did.")
    if isinstance(error, aiohttp.InvalidURL):
        return Refused(f"{spoken(url)} cannot be requested: its host is not spelled as hosts are.")
    if isinstance(error, aiohttp.ClientResponseError):
        return ImportFailed(f"{spoken(url)} could not be reached: the server's answer is not proper HTTP.")
    return Unreachable(f"{spoken(url)} could not be reached: the server cannot be reached.")
