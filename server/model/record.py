"""Record: all that is known of an Assembly, and what of it changed since it was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.model import early
from server.model.instructions import Instructions
from server.model.job import Job
from server.model.notification import Notification, target
from server.model.parts import TERMINAL, Made, Request, State, Upload
from server.model.plan import Plan


@dataclass
class Record:
    """Times are Unix seconds. `changed` collects what has to be saved: ("files", id), ("jobs", id) …

    `reserved` is how many files this server was asked to keep a place for, until it is told where to fetch them.
    `dropped` are the ids of results that are gone for what their step ignores.
    `notification` is the latest that went to its own notify_url; rows of their own keep them.
    """

    id: str
    account: str
    instructions: Instructions
    request: Request
    created: float
    state: State = "uploading"
    form_open: bool = False
    bytes_form: int = 0
    reserved: int = 0
    uploaded: float | None = None
    analysed: bool = False
    last_job: float | None = None
    finished: float | None = None
    error: Mapping[str, Any] | None = None
    warnings: list[dict[str, str]] = field(default_factory=list)
    ignored_errors: list[dict[str, Any]] = field(default_factory=list)
    dropped: dict[str, None] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    files: dict[str, Made] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    changed: dict[tuple[str, str], None] = field(default_factory=dict)
    notification: Notification | None = None

    def __post_init__(self) -> None:
        self.arrived = sum(upload.received and upload.tus for upload in self.uploads.values())
        self.added = sum(not upload.tus for upload in self.uploads.values())
        self.unseen = sum(_unseen(upload) for upload in self.uploads.values())
        self.stored = sum(made.file.size for made in self.files.values())
        self.brought = sum(_brought(made) for made in self.files.values())
        self.plan = Plan(self.id, self.account, self.instructions)
        ready = (made for made in self.files.values() if not early.waits(self.files, made.inputs))
        self.plan.restore(ready, self.jobs.values())

    @property
    def terminal(self) -> bool:
        return self.state in TERMINAL

    @property
    def notify_url(self) -> str | None:
        """Where its end is told."""
        return target(self.instructions, self.id)

    @property
    def auth_key(self) -> str | None:
        """The key that it was made with, unless a token stood for one."""
        auth = self.instructions.params.get("auth")
        key = auth.get("key") if isinstance(auth, Mapping) else None
        return key if isinstance(key, str) else None

    @property
    def incoming(self) -> int:
        """How many files came from outside, by whatever way, or are on their way."""
        return len(self.uploads) + self.brought + self.vacant

    @property
    def vacant(self) -> int:
        """How many reserved places have no file yet."""
        return self.reserved - self.added

    @property
    def announced(self) -> int:
        """How many tus uploads come in all: Uppy announces the files that have a reserved place among them."""
        return max(0, self.request.uploads - self.reserved)

    @property
    def uploading(self) -> bool:
        """Whether one more tus upload is waited for."""
        return self.form_open or self.arrived < self.announced

    @property
    def receiving(self) -> bool:
        """Whether bytes are still to come."""
        return self.uploading or self.vacant > 0

    def warn(self, sentence: str, level: str = "warning") -> None:
        note = {"level": level, "msg": sentence}
        if note not in self.warnings:
            self.warnings.append(note)
            self.mark()

    def mark(self) -> None:
        """Notes that what is one value for the whole Assembly has to be saved."""
        self.changed["assembly", self.id] = None

    def _counts(self, upload: str | None) -> bool:
        return upload is None or (upload in self.uploads and self.uploads[upload].received)

    def _exceeds(self, size: int) -> bool:
        return self.request.max_size is not None and size > self.request.max_size

    def _too_large(self, upload: Upload) -> Mapping[str, Any]:
        told = f"{upload.filename} has more than the {self.request.max_size} bytes allowed."
        return {"error": "MAX_SIZE_EXCEEDED", "message": told}

    def _analysed(self, upload: str | None) -> None:
        if upload is not None and upload in self.uploads:
            self._set_upload(replace(self.uploads[upload], analysed=True))

    def _ignore(self, step: str, phase: str, error: Mapping[str, Any]) -> None:
        self.ignored_errors.append({"step": step, "phase": phase, "error": error["error"], "message": error["message"]})
        self.mark()

    def _set_upload(self, upload: Upload) -> None:
        before = self.uploads.get(upload.id)
        self.unseen += _unseen(upload) - (_unseen(before) if before else 0)
        self.uploads[upload.id] = upload
        self.changed["uploads", upload.id] = None

    def _set_file(self, made: Made) -> None:
        before = self.files.get(made.file.id)
        self.stored += made.file.size - (before.file.size if before else 0)
        self.brought += _brought(made) - (_brought(before) if before else 0)
        self.files[made.file.id] = made
        self.changed["files", made.file.id] = None

    def _set_job(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.plan.note(job)
        self.changed["jobs", job.id] = None


def _unseen(upload: Upload) -> bool:
    return upload.received and not upload.analysed


def _brought(made: Made) -> bool:
    """Whether a file came from outside by another way than tus."""
    return made.file.original_id == made.file.id and not made.upload
