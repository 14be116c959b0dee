"""What is done with a file before all is known of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model import early, news
from server.model.addresses import Addresses
from server.model.assembly import Assembly
from server.model.commands import Command, Publish, StopJobs
from server.model.events import Canceled, JobFailed, JobStarted, ResultMade, UploadFailed
from server.model.job import Job
from server.model.status import House, status
from tests.server.model.lives import ID, assembly, glanced, photo, result, run, started, upload
from tests.server.model.toys import resize, store

FAILURE = {"error": "IMAGE_RESIZE_ERROR", "message": "No."}
UNREADABLE = {"error": "FILE_META_DATA_ERROR", "message": "It ends early."}
HOUSE = House(Addresses("http://host"), "sluice", "local", "1")
PHOTO = photo("a.jpg")


def told(commands: list[Command]) -> list[tuple[str, str | None]]:
    return [(command.news, command.file) for command in commands if isinstance(command, Publish)]


def hurried(**steps: Any) -> tuple[Assembly, list[Job]]:
    """An Assembly with a picture of which only the header was read, and the jobs that run already."""
    life = assembly(steps or {"small": resize()}, uploads=1)
    life.open(100.0)
    return life, started(glanced(life, PHOTO))


def restarted(life: Assembly) -> Assembly:
    """The same Assembly, as a new server reads it."""
    names = ("id", "account", "instructions", "request", "created", "state", "uploaded", "analysed")
    rows: dict[str, Any] = {"files": life.files, "jobs": life.jobs, "uploads": life.uploads}
    return Assembly(**{name: getattr(life, name) for name in names}, **rows)


def test_a_step_that_makes_new_files_starts_before_all_is_known_of_its_file() -> None:
    life, jobs = hurried(small=resize(), kept=store(":original"))

    assert [job.step for job in jobs] == ["small"]
    assert [job.step for job in started(upload(life, PHOTO))] == ["kept"]


@pytest.mark.parametrize(
    "step", [resize(width="${file.meta.width}"), resize(use={"steps": [":original"], "bundle_steps": True})]
)
def test_a_step_that_reads_metadata_or_waits_for_others_starts_when_all_is_known(step: dict[str, Any]) -> None:
    life, jobs = hurried(small=step)

    assert jobs == []
    assert [job.step for job in started(upload(life, PHOTO))] == ["small"]


def test_what_was_made_early_is_told_after_its_upload_and_worked_on_then() -> None:
    life, [job] = hurried(small=resize(result=True), tiny=resize("small"))
    small = result(job)
    assert told(run(life, job, small)) == []

    commands = upload(life, PHOTO)

    assert told(commands) == [
        (news.UPLOAD_FINISHED, PHOTO.id),
        (news.META_DATA_EXTRACTED, None),
        (news.RESULT_FINISHED, small.id),
    ]
    assert [next_job.step for next_job in started(commands)] == ["tiny"]


@pytest.mark.parametrize("late", [False, True])
def test_what_was_made_early_has_the_hash_of_its_original_whichever_is_known_first(late: bool) -> None:
    life, [job] = hurried()
    acts = [partial(run, life, job, result(job)), partial(upload, life, replace(PHOTO, original_md5hash="0a1b"))]

    for act in reversed(acts) if late else acts:
        act()

    [shown] = status(life, HOUSE)["results"]["small"]
    assert shown["original_md5hash"] == "0a1b"


def test_nothing_of_it_is_shown_before() -> None:
    life, [job] = hurried()
    run(life, job, result(job))

    shown = status(life, HOUSE)

    assert (shown["uploads"], shown["results"], shown["num_input_files"], shown["bytes_usage"]) == ([], {}, 0, 0)
    assert shown["ok"] == "ASSEMBLY_EXECUTING"


def test_it_ends_when_the_rest_is_known_and_not_before() -> None:
    life, [job] = hurried()
    run(life, job, result(job))
    assert life.state == "executing"

    commands = upload(life, PHOTO)

    assert told(commands)[-1] == (news.FINISHED, None)
    assert len(status(life, HOUSE)["results"]["small"]) == 1


def test_a_damaged_picture_fails_as_one_that_was_read_first_whatever_its_job_said() -> None:
    life, [job] = hurried()
    assert life.receive(JobFailed(job.id, FAILURE, 110.0)) == []

    commands = life.receive(UploadFailed(UNREADABLE, f"{ID}_{PHOTO.id}", 111.0, file=PHOTO.id))

    assert commands == [StopJobs(life.id), Publish(news.ERROR)]
    assert life.error == UNREADABLE
    assert life.jobs[job.id].state == "stopped"


def test_a_job_that_failed_early_runs_again_when_its_file_is_sound() -> None:
    life, [job] = hurried()
    life.receive(JobStarted(job.id, 109.0))
    life.receive(JobFailed(job.id, FAILURE, 110.0))

    commands = upload(life, PHOTO)

    assert [again.id for again in started(commands)] == [job.id]
    life.receive(JobFailed(job.id, FAILURE, 112.0))
    assert life.error == {**FAILURE, "step": "small", "previousStep": ":original"}


def test_an_upload_that_is_given_up_keeps_nothing_waiting() -> None:
    steps = {":original": {"robot": "/upload/handle", "ignore_errors": ["meta"]}, "small": resize()}
    life, [job] = hurried(**steps)
    life.receive(JobFailed(job.id, FAILURE, 110.0))

    life.receive(UploadFailed(UNREADABLE, f"{ID}_{PHOTO.id}", 111.0, file=PHOTO.id))

    assert (life.state, life.ignored_errors[0]["step"]) == ("completed", ":original")
    assert status(life, HOUSE)["uploads"] == []


def test_a_cancel_ends_what_waits() -> None:
    life, [job] = hurried()
    life.receive(JobFailed(job.id, FAILURE, 110.0))

    life.receive(Canceled(111.0))

    assert life.jobs[job.id].state == "stopped"


def test_after_a_restart_all_that_was_made_early_is_still_told_once() -> None:
    life, [job] = hurried(small=resize(), tiny=resize("small"))
    life.receive(ResultMade(job.id, result(job), 110.0))
    life = restarted(life)
    assert [again.step for again in started(life.resume(200.0))] == ["small"]

    commands = upload(life, PHOTO)

    assert [next_job.step for next_job in started(commands)] == ["tiny"]
    assert upload(life, PHOTO) == []


STEPS = {
    "small": resize(result=True),
    "wide": resize(width="${file.meta.width}"),
    "tiny": resize("small"),
    "packed": {"robot": "/script/run", "script": "1", "use": {"steps": ["small", "tiny"], "bundle_steps": True}},
    "kept": store(["packed", ":original"]),
}
FILES = [photo(name) for name in ("a.jpg", "b.jpg")]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_in_any_order_and_with_any_repetition_the_rows_and_what_is_told_are_those_of_a_patient_life(data: Any) -> None:
    """Each picture is glanced at, before or after it is known; jobs that run early may fail the first time."""
    life, heard = assembly(STEPS, uploads=2), []
    life.open(100.0)
    waiting = [partial(act, file=file) for file in FILES for act in (glanced, upload)]
    while waiting:
        place, again = data.draw(st.integers(0, len(waiting) - 1)), data.draw(st.booleans())
        commands = (waiting[place] if again else waiting.pop(place))(life)
        heard += told(commands)
        waiting += [partial(ran, job=job, fails=data.draw(st.booleans())) for job in started(commands)]

    assert rows(life) == rows(patient())
    assert len(heard) == len(set(heard))
    for made in life.files.values():
        if (news.RESULT_FINISHED, made.file.id) in heard and made.inputs:
            first = heard.index((news.UPLOAD_FINISHED, str(made.file.original_id)))
            assert first < heard.index((news.RESULT_FINISHED, made.file.id))


def ran(life: Assembly, job: Job, fails: bool) -> list[Command]:
    """A run of a job, which may fail as long as that does not count."""
    early = any(not life.files[item.file].whole for item in job.inputs)
    if fails and early:
        return life.receive(JobFailed(job.id, FAILURE, 110.0))
    original = life.files[job.inputs[0].file].file.original_id if job.inputs else ""
    return run(life, job, result(job, original_id=original))


def patient() -> Assembly:
    """A life in which nothing is early and nothing comes twice."""
    life = assembly(STEPS, uploads=2)
    life.open(100.0)
    jobs = [job for file in FILES for job in started(upload(life, file))]
    while jobs:
        jobs += started(ran(life, jobs.pop(0), fails=False))
    return life


def rows(life: Assembly) -> dict[str, Any]:
    assert life.state == "completed"
    files = {key: (made.whole, made.step, made.inputs) for key, made in life.files.items()}
    return {"jobs": {key: job.state for key, job in life.jobs.items()}, "files": files}


def test_a_picture_is_being_read_from_its_first_job_to_the_end_or_the_failure_of_that() -> None:
    life, [job] = hurried()
    assert early.reading(life.jobs.values(), PHOTO.id)

    life.receive(JobStarted(job.id, 102.0))
    life.receive(JobFailed(job.id, FAILURE, 103.0))

    assert life.jobs[job.id].state == "held"
    assert not early.reading(life.jobs.values(), PHOTO.id)
    assert not early.reading(life.jobs.values(), "another")
