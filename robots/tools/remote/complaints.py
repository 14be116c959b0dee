"""Why a server of files did not do what it should, in words of ours: a stranger's may tell what they should not."""

from __future__ import annotations

import errno
import ssl
from typing import Literal

from robots.base.errors import ImportFailed, RobotError
from robots.tools.guard import Forbidden, Refused

Kind = Literal["ACCESS_DENIED", "FAILURE", "NOT_FOUND", "VALIDATION"]

# Faults of this machine and not of the line; the worker knows what to say of them.
OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}


class Complaint(RobotError):
    """Something went wrong over there. `kind` is the end of the error code."""

    def __init__(self, sentence: str, kind: Kind = "FAILURE", *, retry: bool = False) -> None:
        super().__init__(sentence)
        self.kind: Kind = kind
        self.retry = retry


class Silence(Complaint):
    """A server says nothing; each time that it is waited for takes all the time that there is, so no job asks again."""


def of_line(act: str, error: OSError | EOFError) -> RobotError | None:
    """What to say of a connection that failed; None if it is this machine that failed. `act` begins the sentence."""
    if isinstance(error, Forbidden):
        return Refused(f"{act}: {error.strerror}.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Complaint(f"{act}: the certificate of the server is not valid.", "ACCESS_DENIED")
    if isinstance(error, TimeoutError):
        return Silence(f"{act}: the server took the connection, and then too long to answer.")
    if isinstance(error, OSError) and error.errno in OURS:
        return None
    return Complaint(f"{act}: the connection was lost.", retry=True)


def kind_of(error: RobotError) -> Kind:
    """The end of the error code."""
    if isinstance(error, Complaint):
        return error.kind
    return "ACCESS_DENIED" if isinstance(error, Refused) else "FAILURE"


def too_large(path: str, limit: int) -> ImportFailed:
    return ImportFailed(f"{path[:200]} is larger than the {limit} bytes that are allowed.")


def is_folder(path: str) -> Complaint:
    return Complaint(f"path: {path[:200]} is a folder on the server, so no file can be stored there.", "VALIDATION")
