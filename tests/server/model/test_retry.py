"""Which jobs run again, and how often."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.model import news, retry
from server.model.assembly import Assembly
from server.model.commands import Command, Publish, StartJob, StopJobs
from server.model.events import Crashed, JobFailed, JobFinished, JobStarted
from server.model.job import Job
from tests.server.model.lives import assembly, photo, started, upload
from tests.server.model.toys import resize

FAILURE = {"error": "INTERNAL_COMMAND_ERROR", "message": "vips was ended by SIGKILL."}


def working(**step: Any) -> tuple[Assembly, Job]:
    """An Assembly with one job."""
    life = assembly({"small": resize(**step)}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    return life, job


def broken(life: Assembly, job: Job, retry: bool = True) -> list[Command]:
    """One attempt that fails."""
    life.receive(JobStarted(job.id, 110.0))
    return life.receive(JobFailed(job.id, FAILURE, 111.0, retry=retry))


def restarted(life: Assembly) -> Assembly:
    """The same Assembly, as a new server reads it."""
    names = ("id", "account", "instructions", "request", "created", "state", "uploaded", "analysed")
    rows: dict[str, Any] = {"files": life.files, "jobs": life.jobs, "uploads": life.uploads}
    return Assembly(**{name: getattr(life, name) for name in names}, **rows)


def test_a_failure_by_chance_is_tried_again_after_a_pause_that_grows() -> None:
    life, job = working()

    [first], [second] = broken(life, job), broken(life, job)

    assert isinstance(first, StartJob)
    assert isinstance(second, StartJob)
    assert (first.job.id, first.job.state) == (job.id, "queued")
    assert 0 < first.after < second.after


def test_the_third_failure_counts() -> None:
    life, job = working()
    broken(life, job)
    broken(life, job)

    assert broken(life, job) == [StopJobs(life.id), Publish(news.ERROR)]
    assert life.error is not None
    assert (life.error["error"], life.jobs[job.id].attempt) == ("INTERNAL_COMMAND_ERROR", 3)


def test_a_failure_by_input_is_never_tried_again() -> None:
    life, job = working()

    broken(life, job, retry=False)

    assert life.state == "failed"


def test_an_attempt_that_succeeds_ends_it_well() -> None:
    life, job = working()
    broken(life, job)
    life.receive(JobStarted(job.id, 120.0))

    life.receive(JobFinished(job.id, 121.0))

    assert life.state == "completed"
    assert life.resume(130.0) == []


def test_attempts_that_ended_with_the_server_do_not_count() -> None:
    life, job = working()
    for _ in range(retry.LOST - 1):
        life.receive(JobStarted(job.id, 110.0))
        life = restarted(life)
        assert [one.id for one in started(life.resume(200.0))] == [job.id]

    assert started(broken(life, job))
    assert started(broken(life, job))


def test_a_job_that_was_cut_off_too_often_ends_its_assembly_with_a_sentence() -> None:
    life, job = working()
    life.jobs[job.id] = replace(job, state="running", lost=retry.LOST - 1)
    life = restarted(life)

    commands = life.resume(200.0)

    assert commands == [StopJobs(life.id), Publish(news.ERROR)]
    assert life.error is not None
    assert "server ended 5 times" in life.error["message"]


def test_an_ignored_job_that_was_cut_off_too_often_lets_the_rest_go_on() -> None:
    life, job = working(ignore_errors=["execute"])
    life.jobs[job.id] = replace(job, state="running", lost=retry.LOST - 1)
    life = restarted(life)

    life.resume(200.0)

    assert (life.state, life.ignored_errors[0]["step"]) == ("completed", "small")


def test_no_job_outlives_its_assembly() -> None:
    life, job = working()

    commands = life.receive(Crashed("A file is gone.", 120.0))

    assert commands == [StopJobs(life.id), Publish(news.ERROR)]
    assert life.error == {"error": "ASSEMBLY_CRASHED", "message": "A file is gone."}
    assert life.jobs[job.id].state == "stopped"
