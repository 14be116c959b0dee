"""What can happen to an Assembly. `at` is Unix seconds; events carry it, for the heart has no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from robots.base.file import File


@dataclass(frozen=True, slots=True)
class FileReserved:
    """A client will tell later where a file is that this server shall fetch."""

    at: float


@dataclass(frozen=True, slots=True)
class UploadStarted:
    """A client created a tus upload for this Assembly. `length` is in bytes, None while it is deferred.

    Without `tus` it is a file that was fetched for a reserved place, and then it is here already.
    """

    upload: str
    url: str
    filename: str
    fieldname: str | None
    length: int | None
    user_meta: Mapping[str, Any]
    at: float
    tus: bool = True


@dataclass(frozen=True, slots=True)
class UploadAdvanced:
    """Bytes of a tus upload arrived; `offset` is how many there are now."""

    upload: str
    offset: int
    length: int | None
    at: float


@dataclass(frozen=True, slots=True)
class UploadReceived:
    """The last byte of a tus upload arrived; its metadata is still to be read."""

    upload: str
    offset: int
    at: float


@dataclass(frozen=True, slots=True)
class UploadRemoved:
    """The client took a tus upload back."""

    upload: str


@dataclass(frozen=True, slots=True)
class FileUploaded:
    """An upload is complete and analysed; `upload` is its tus id, None for a file of a form.

    `ignored` is what went wrong with its metadata, if its step allows that. Unless it is `whole`, metadata that takes
    decoding is still being read: then this event comes again.
    """

    file: File
    upload: str | None
    at: float
    ignored: Mapping[str, Any] | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class UploadFailed:
    """An upload cannot be used; the Assembly ends unless its errors are ignored. `file` is its id as a file."""

    error: Mapping[str, Any]
    upload: str | None
    at: float
    phase: str = "meta"
    file: str | None = None


@dataclass(frozen=True, slots=True)
class FormReceived:
    """The whole request that created the Assembly has been read. `received` is in bytes."""

    received: int
    at: float


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A worker took a job."""

    job: str
    at: float


@dataclass(frozen=True, slots=True)
class ResultMade:
    """A job made a file; it is stored and analysed, as far as the step insists on it.

    One that is not `kept` was dropped for what went wrong with its metadata.
    """

    job: str
    file: File
    at: float
    ignored: Mapping[str, Any] | None = None
    kept: bool = True


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job ended well, with any number of results."""

    job: str
    at: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job ended badly. `error` holds error, message and details; `phase` is execute, import or meta.

    `retry` says that it failed by chance, so that the same job may succeed when it is run again.
    """

    job: str
    error: Mapping[str, Any]
    at: float
    phase: str = "execute"
    warnings: tuple[str, ...] = field(default=())
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Canceled:
    """The user does not want the Assembly any more."""

    at: float


@dataclass(frozen=True, slots=True)
class Aborted:
    """The request that created the Assembly broke off."""

    at: float


@dataclass(frozen=True, slots=True)
class Crashed:
    """The Assembly cannot go on because something of it is lost."""

    message: str
    at: float


@dataclass(frozen=True, slots=True)
class Expired:
    """The Assembly took longer than it may."""

    at: float


Event = (
    FileReserved
    | UploadStarted
    | UploadAdvanced
    | UploadReceived
    | UploadRemoved
    | FileUploaded
    | UploadFailed
    | FormReceived
    | JobStarted
    | ResultMade
    | JobFinished
    | JobFailed
    | Canceled
    | Aborted
    | Crashed
    | Expired
)
