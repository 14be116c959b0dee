"""Assembly: one run of Assembly Instructions. Events go in, commands come out; nothing else changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from server.model import early, events, news, retry
from server.model.commands import Command, Notify, Publish, StartJob, StopJobs
from server.model.job import Job
from server.model.notification import unknown
from server.model.parts import ORIGINAL, Made, State, Upload
from server.model.record import Record


class Assembly(Record):
    """What happens to its record: each event is one method, and each asks for what is to be done."""

    def open(self, at: float) -> list[Command]:
        """The first step of its life: imports start at once, and without uploads it executes at once."""
        self.form_open = self.request.form
        for sentence in self.plan.warnings():
            self.warn(sentence)
        for variable in unknown(self.instructions, self.id):
            self.warn(f"notify_url: ${{{variable}}} has no value; an empty text took its place.")
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

    def on_file_reserved(self, event: events.FileReserved) -> list[Command]:
        """When all that was waited for has come, it is too late."""
        if self.uploaded is not None:
            return []
        if (limit := self.request.max_number_of_files) is not None and self.incoming >= limit:
            return self._fail(_too_many(limit), event.at)
        self.reserved += 1
        self.mark()
        return []

    def on_upload_started(self, event: events.UploadStarted) -> list[Command]:
        if event.upload not in self.uploads and (event.tus or self.vacant > 0):
            told = (event.upload, event.url, event.filename, event.fieldname, event.length)
            self._set_upload(Upload(*told, user_meta=event.user_meta, tus=event.tus))
        return []

    def on_upload_advanced(self, event: events.UploadAdvanced) -> list[Command]:
        upload = self.uploads.get(event.upload)
        if upload is None or event.offset <= upload.offset:
            return []
        self._set_upload(replace(upload, offset=event.offset, length=event.length))
        return self._fail(self._too_large(upload), event.at) if self._exceeds(event.offset) else []

    def on_upload_received(self, event: events.UploadReceived) -> list[Command]:
        upload = self.uploads.get(event.upload)
        if upload is None or upload.received:
            return []
        counts = self.uploading or not upload.tus
        self._set_upload(replace(upload, offset=event.offset, length=event.offset, received=counts))
        if self._exceeds(event.offset):
            return self._fail(self._too_large(upload), event.at)
        if not counts:
            self.warn(f"The upload {upload.filename} came on top of the expected ones and is ignored.", "notice")
            return []
        self.arrived += upload.tus
        self.added += not upload.tus
        return self._go_on([], event.at)

    def on_upload_removed(self, event: events.UploadRemoved) -> list[Command]:
        upload = self.uploads.get(event.upload)
        if upload and not upload.received:
            del self.uploads[event.upload]
            self.changed["uploads", event.upload] = None
        return []

    def on_file_uploaded(self, event: events.FileUploaded) -> list[Command]:
        known = self.files.get(event.file.id)
        if not self._counts(event.upload) or (known and (known.whole or not event.whole)):
            return []
        made = Made(event.file, ORIGINAL, event.at, upload=event.upload, whole=event.whole)
        self._set_file(made)
        if not made.whole:
            return self._start(self.plan.made(made, event.at))
        self._analysed(event.upload)
        if event.ignored:
            self._ignore(ORIGINAL, "meta", event.ignored)
        told = [Publish(news.UPLOAD_FINISHED, made.file.id), *self._told(made), *self._milestones(event.at)]
        ready = self._ready(made) if known else []
        told += [command for result in ready for command in self._told(result)]
        again = self._again(made.file.id) if known else []
        jobs = [job for file in (made, *ready) for job in self.plan.made(file, event.at)]
        return [*told, *again, *self._go_on(jobs, event.at)]

    def on_upload_failed(self, event: events.UploadFailed) -> list[Command]:
        self._analysed(event.upload)
        if event.phase not in self.instructions.steps[ORIGINAL].ignore_errors:
            return self._fail(event.error, event.at)
        self._ignore(ORIGINAL, event.phase, event.error)
        for job in early.unsettled(self.jobs.values(), event.file) if event.file else ():
            self._set_job(replace(job, state="stopped", finished=event.at))
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
        if job is None or event.file.id in self.files or event.file.id in self.dropped:
            return []
        limit = self.request.max_number_of_files
        if limit is not None and not job.inputs and self.incoming >= limit:
            return self._fail(_too_many(limit), event.at)
        if event.ignored:
            self._ignore(job.step, "meta", event.ignored)
        if not event.kept:
            self.dropped[event.file.id] = None
            return []
        made = Made(event.file, job.step, event.at, job=job.id, inputs=job.files)
        if self.instructions.steps[job.step].robot_class.starts_early:
            made = early.credited(made, self.files[job.files[0]])
        self._set_file(made)
        if early.waits(self.files, job.files):
            return []
        return [*self._told(made), *self._go_on(self.plan.made(made, event.at), event.at)]

    def on_job_finished(self, event: events.JobFinished) -> list[Command]:
        return self._end_job(event.job, event.at, event.warnings)

    def on_job_failed(self, event: events.JobFailed) -> list[Command]:
        job = self.jobs.get(event.job)
        if job is None or not job.active:
            return []
        if event.retry and (pause := retry.pause(job)) is not None:
            self._set_job(replace(job, state="queued"))
            return [StartJob(self.jobs[job.id], after=pause)]
        if early.waits(self.files, job.files):  # the fault of its file may be known in a moment
            self._set_job(replace(job, state="held"))
            return []
        if event.phase in self.instructions.steps[job.step].ignore_errors:
            self._ignore(job.step, event.phase, event.error)
            return self._end_job(job.id, event.at, event.warnings, failed=True)
        for sentence in event.warnings:
            self.warn(sentence)
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

    def _ready(self, source: Made) -> list[Made]:
        """What was made of a file before all was known of it."""
        ready = []
        for made in early.results(self.files, source.file.id):
            ready.append(early.credited(made, source))
            if ready[-1] is not made:
                self._set_file(ready[-1])
        return ready

    def _again(self, file: str) -> list[Command]:
        """Runs what failed before all was known of a file."""
        held = [job for job in early.unsettled(self.jobs.values(), file) if job.state == "held"]
        for job in held:
            self._set_job(replace(job, state="queued"))
        return [StartJob(self.jobs[job.id]) for job in held]

    def _told(self, made: Made) -> list[Command]:
        return [Publish(news.RESULT_FINISHED, made.file.id)] if self.plan.shows(made.step) else []

    def _milestones(self, at: float) -> list[Command]:
        reached: list[Command] = []
        if self.uploaded is None and not self.receiving:
            self.uploaded, self.state = at, "executing"
            self.mark()
            reached.append(Publish(news.UPLOADING_FINISHED))
        if self.uploaded and not self.analysed and not self.unseen:
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
        stop = [StopJobs(self.id)] if state != "completed" else []
        return [*stop, Publish(told), *([Notify(self.id)] if self.notify_url else [])]


def _too_many(limit: int) -> Mapping[str, Any]:
    return {"error": "MAX_NUMBER_OF_FILES_EXCEEDED", "message": f"There are more than the {limit} files allowed."}


RECEIVERS: dict[type, Callable[[Assembly, Any], list[Command]]] = {
    events.FileReserved: Assembly.on_file_reserved,
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
