"""The parts of an Assembly: where a file came from, how far an upload is, and what the request said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from robots.base.file import File

State = Literal["uploading", "executing", "completed", "canceled", "aborted", "failed"]
TERMINAL: frozenset[State] = frozenset({"completed", "canceled", "aborted", "failed"})
ORIGINAL = ":original"


@dataclass(frozen=True, slots=True)
class Made:
    """A file with its place in the graph: `job` is None for uploads, `inputs` are the files it was made of.

    An upload is not `whole` as long as its hash, or metadata that takes decoding, is still to come.
    """

    file: File
    step: str
    at: float
    job: str | None = None
    inputs: tuple[str, ...] = ()
    upload: str | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Upload:
    """A tus upload as the status shows it; sizes in bytes, `received` when its last byte came.

    Without `tus` it is a file that was fetched for a reserved place.
    """

    id: str
    url: str
    filename: str
    fieldname: str | None
    length: int | None
    offset: int = 0
    received: bool = False
    analysed: bool = False
    user_meta: Mapping[str, Any] = field(default_factory=dict)
    tus: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """What the creating request said. `params` is its JSON text with the secrets taken out.

    `merged` is the same with the Template under it, if there is one.

    `parent` is the Assembly that this one is a replay of.

    `result_lifetime` and `record_lifetime` are in seconds; without them those of the settings hold.

    `uploads` is how many tus uploads it announced; `form` says that its body is still being read; `origin` is the
    address that it used, if a proxy told it.
    """

    params: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    uploads: int = 0
    form: bool = False
    bytes_expected: int = 0
    client: str | None = None
    max_size: int | None = None
    max_number_of_files: int | None = None
    origin: str | None = None
    merged: str | None = None
    template_id: str | None = None
    template_name: str | None = None
    parent: str | None = None
    result_lifetime: float | None = None
    record_lifetime: float | None = None
