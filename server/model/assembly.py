"""Assembly: one run of Assembly Instructions. Events go in, commands come out; nothing else changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.model import events, news, retry
from server.model.commands import Command, Publish, StartJob, StopJobs
from server.model.instructions import Instructions
from server.model.job import Job
from server.model.parts import ORIGINAL, TERMINAL, Made, Request, State, Upload
from server.model.plan import Plan


@dataclass
class Assembly:
    """Times are Unix seconds. `changed` collects what has to be saved: ("files", id), ("jobs", id) …"""

    id: str
    account: str
    instructions: Instructions
    request: Request
    created: float
    state: State = "uploading"
    form_open: bool = False
    bytes_form: int = 0
    uploaded: float | None = None
    analysed: bool = False
    last_job: float | None = None
    finished: float | None = None
    error: Mapping[str, Any] | None = None
    warnings: list[dict[str, str]] = field(default_factory=list)
    ignored_errors: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    files: dict[str, Made] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    changed: dict[tuple[str, str], None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.arrived = sum(upload.received for upload in self.uploads.values())
        self.plan = Plan(self.id, self.account, self.instructions)
        self.plan.restore(self.files.values(), self.jobs.values())

    @property
    def terminal(self) -> bool:
        return self.state in TERMINAL

    @property
    def incoming(self) -> int:
        """How many files came from outside, by whatever way, or are on their way."""
        others = [made for made in self.files.values() if made.file.original_id == made.file.id and not made.upload]
        return len(self.uploads) + len(others)

    def open(self, at: float) -> list[Command]:
        """The first step of its life: imports start at once, and without uploads it executes at once."""
        self.form_open = self.request.form
        for sentence in self.plan.warnings():
            self.warn(sentence)
        if self.instructions.notify_url:
            self.warn("This server does not send Notifications; poll the Assembly, or watch its stream.")
        return self._go_on(self.plan.begin(at), at)

    def resume(self, at: float) -> list[Command]:
        """After a restart: everything that should run is asked for again."""
        if self.form_open:
            return self.receive(events.Aborted(at))
        for job in retry.cut_off(self.jobs.values()):
            self._set_job(job)
        ended = [command for event in retry.given_up(self.jobs.values(), at) for command in self.receive(event)]
        if self.terminal:
            return ended
        waiting: list[Command] = [StartJob(job) for job in self.jobs.values() if job.state == "queued"]
        return [*ended, *waiting, *self._go_on(self.plan.again(at), at)]

    def receive(self, event: events.Event) -> list[Command]:
        """What to do now that this happened. After its end nothing changes an Assembly any more."""
        if self.terminal:
            return []
        return RECEIVERS[type(event)](self, event)

    def on_upload_started(self, event: events.UploadStarted) -> list[Command]:
        if event.upload not in self.uploads:
            upload = Upload(
                event.upload, event.url, event.filename, event.fieldname, event.length, user_meta=event.user_meta
            )
            self._set_upload(upload)
        return []

    def on_upload_advanced(self, event: events.UploadAdvanced) -> list[Command]:
        upload = self.uploads.get(event.upload)
        if upload is None or event.offset <= upload.offset:
            return []
        self._set_upload(replace(upload, offset=event.offset, length=event.length))
        limit = self.request.max_size
        if limit is not None and event.offset > limit:
            told = f"{upload.filename} has more than the {limit} bytes allowed."
            return self._fail({"error": "MAX_SIZE_EXCEEDED", "message": told}, event.at)
        return []

    def on_upload_received(self, event: events.UploadReceived) -> list[Command]:
        upload = self.uploads.get(event.upload)
        if upload is None or upload.received:
            return []
        if not self.receiving:
            self.warn(f"The upload {upload.filename} came on top of the expected ones and is ignored.", "notice")
            return []
        self._set_upload(replace(upload, offset=event.offset, length=event.offset, received=True))
        self.arrived += 1
        return self._go_on([], event.at)

    def on_upload_removed(self, event: events.UploadRemoved) -> list[Command]:
        upload = self.uploads.get(event.upload)
        if upload and not upload.received:
            del self.uploads[event.upload]
            self.changed["uploads", event.upload] = None
        return []

    def on_file_uploaded(self, event: events.FileUploaded) -> list[Command]:
        file = event.file
        if file.id in self.files or not self._counts(event.upload):
            return []
        self._analysed(event.upload)
        if event.ignored:
            self._ignore(ORIGINAL, "meta", event.ignored)
        self._set_file(Made(file, ORIGINAL, event.at, upload=event.upload))
        told: list[Command] = [Publish(news.UPLOAD_FINISHED, file.id)]
        if self.plan.shows(ORIGINAL):
            told.append(Publish(news.RESULT_FINISHED, file.id))
        return [*told, *self._go_on(self.plan.made(self.files[file.id], event.at), event.at)]

    def on_upload_failed(self, event: events.UploadFailed) -> list[Command]:
        self._analysed(event.upload)
        if event.phase not in self.instructions.steps[ORIGINAL].ignore_errors:
            return self._fail(event.error, event.at)
        self._ignore(ORIGINAL, event.phase, event.error)
        return self._go_on([], event.at)

    def on_form_received(self, event: events.FormReceived) -> list[Command]:
        self.form_open, self.bytes_form = False, event.received
        self.mark()
        return self._go_on([], event.at)

    def on_job_started(self, event: events.JobStarted) -> list[Command]:
        job = self.jobs.get(event.job)
        if job and job.active:
            self._set_job(replace(job, state="running", started=event.at, attempt=job.attempt + 1))
        return []

    def on_result_made(self, event: events.ResultMade) -> list[Command]:
        job = self.jobs.get(event.job)
        if job is None or event.file.id in self.files:
            return []
        limit = self.request.max_number_of_files
        if limit is not None and not job.inputs and self.incoming >= limit:
            sentence = f"There are more than the {limit} files allowed."
            return self._fail({"error": "MAX_NUMBER_OF_FILES_EXCEEDED", "message": sentence}, event.at)
        if event.ignored:
            self._ignore(job.step, "meta", event.ignored)
        inputs = tuple(item.file for item in job.inputs)
        self._set_file(Made(event.file, job.step, event.at, job=job.id, inputs=inputs))
        told = [Publish(news.RESULT_FINISHED, event.file.id)] if self.plan.shows(job.step) else []
        return [*told, *self._go_on(self.plan.made(self.files[event.file.id], event.at), event.at)]

    def on_job_finished(self, event: events.JobFinished) -> list[Command]:
        return self._end_job(event.job, event.at, event.warnings)

    def on_job_failed(self, event: events.JobFailed) -> list[Command]:
        job = self.jobs.get(event.job)
        if job is None or not job.active:
            return []
        if event.retry and (pause := retry.pause(job)) is not None:
            self._set_job(replace(job, state="queued"))
            return [StartJob(self.jobs[job.id], after=pause)]
        if event.phase in self.instructions.steps[job.step].ignore_errors:
            self._ignore(job.step, event.phase, event.error)
            return self._end_job(job.id, event.at, event.warnings, failed=True)
        self._set_job(replace(job, state="failed", finished=event.at))
        source = {"previousStep": self.files[job.inputs[0].file].step} if job.inputs else {}
        return self._fail({**event.error, "step": job.step, **source}, event.at)

    def on_canceled(self, event: events.Canceled) -> list[Command]:
        return self._end("canceled", news.CANCELED, event.at)

    def on_aborted(self, event: events.Aborted) -> list[Command]:
        self.form_open = False
        return self._end("aborted", news.CANCELED, event.at)

    def on_crashed(self, event: events.Crashed) -> list[Command]:
        return self._fail({"error": "ASSEMBLY_CRASHED", "message": event.message}, event.at)

    def on_expired(self, event: events.Expired) -> list[Command]:
        return self._fail({"error": "ASSEMBLY_EXPIRED", "message": "The Assembly expired."}, event.at)

    def warn(self, sentence: str, level: str = "warning") -> None:
        note = {"level": level, "msg": sentence}
        if note not in self.warnings:
            self.warnings.append(note)
            self.mark()

    @property
    def receiving(self) -> bool:
        """Whether bytes are still to come."""
        return self.form_open or self.arrived < self.request.uploads

    def _go_on(self, jobs: Iterable[Job], at: float) -> list[Command]:
        """Takes new jobs in, notices what is over, and ends the Assembly when nothing is left to do."""
        commands = [*self._milestones(at), *self._start(jobs)]
        commands += self._start(self.plan.drained(self.analysed, at))
        if self.uploaded and self.analysed and not self.plan.active:
            commands += self._end("completed", news.FINISHED, at)
        return commands

    def _start(self, jobs: Iterable[Job]) -> list[Command]:
        new = [job for job in jobs if job.id not in self.jobs]
        for job in new:
            self._set_job(job)
        return [StartJob(job) for job in new]

    def _milestones(self, at: float) -> list[Command]:
        reached: list[Command] = []
        if self.uploaded is None and not self.receiving:
            self.uploaded, self.state = at, "executing"
            self.mark()
            reached.append(Publish(news.UPLOADING_FINISHED))
        if self.uploaded and not self.analysed and all(u.analysed for u in self.uploads.values() if u.received):
            self.analysed = True
            self.mark()
            reached.append(Publish(news.META_DATA_EXTRACTED))
        return reached

    def _end_job(self, job_id: str, at: float, warnings: Iterable[str], failed: bool = False) -> list[Command]:
        job = self.jobs.get(job_id)
        if job is None or not job.active:
            return []
        for sentence in warnings:
            self.warn(sentence)
        self._set_job(replace(job, state="failed" if failed else "done", finished=at))
        self.last_job = at
        self.mark()
        return self._go_on([], at)

    def _fail(self, error: Mapping[str, Any], at: float) -> list[Command]:
        self.error = error
        return self._end("failed", news.ERROR, at)

    def _end(self, state: State, told: str, at: float) -> list[Command]:
        self.state, self.finished = state, at
        self.mark()
        for job in [job for job in self.jobs.values() if job.active]:
            self._set_job(replace(job, state="stopped", finished=at))
        return [Publish(told)] if state == "completed" else [StopJobs(self.id), Publish(told)]

    def _counts(self, upload: str | None) -> bool:
        return upload is None or (upload in self.uploads and self.uploads[upload].received)

    def _analysed(self, upload: str | None) -> None:
        if upload is not None and upload in self.uploads:
            self._set_upload(replace(self.uploads[upload], analysed=True))

    def _ignore(self, step: str, phase: str, error: Mapping[str, Any]) -> None:
        self.ignored_errors.append({"step": step, "phase": phase, "error": error["error"], "message": error["message"]})
        self.mark()

    def mark(self) -> None:
        """Notes that what is one value for the whole Assembly has to be saved."""
        self.changed["assembly", self.id] = None

    def _set_upload(self, upload: Upload) -> None:
        self.uploads[upload.id] = upload
        self.changed["uploads", upload.id] = None

    def _set_file(self, made: Made) -> None:
        self.files[made.file.id] = made
        self.changed["files", made.file.id] = None

    def _set_job(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.plan.note(job)
        self.changed["jobs", job.id] = None


RECEIVERS: dict[type, Callable[[Assembly, Any], list[Command]]] = {
    events.UploadStarted: Assembly.on_upload_started,
    events.UploadAdvanced: Assembly.on_upload_advanced,
    events.UploadReceived: Assembly.on_upload_received,
    events.UploadRemoved: Assembly.on_upload_removed,
    events.FileUploaded: Assembly.on_file_uploaded,
    events.UploadFailed: Assembly.on_upload_failed,
    events.FormReceived: Assembly.on_form_received,
    events.JobStarted: Assembly.on_job_started,
    events.ResultMade: Assembly.on_result_made,
    events.JobFinished: Assembly.on_job_finished,
    events.JobFailed: Assembly.on_job_failed,
    events.Canceled: Assembly.on_canceled,
    events.Aborted: Assembly.on_aborted,
    events.Crashed: Assembly.on_crashed,
    events.Expired: Assembly.on_expired,
}
