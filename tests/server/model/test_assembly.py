"""What an Assembly does when something happens to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model import events, news
from server.model.assembly import Assembly
from server.model.commands import Command, Publish, StopJobs
from server.model.events import Aborted, Canceled, Expired, FormReceived, JobFailed, JobStarted, ResultMade
from server.model.job import Job
from tests.server.model.lives import assembly, photo, result, run, started, upload
from tests.server.model.toys import encode, resize, store

FAILURE = {"error": "USER_COMMAND_ERROR", "message": "No."}


def told(commands: list[Command]) -> list[str]:
    return [command.news for command in commands if isinstance(command, Publish)]


def test_without_uploads_and_imports_it_is_complete_at_once() -> None:
    life = assembly({"small": resize()})

    assert told(life.open(100.0)) == [news.UPLOADING_FINISHED, news.META_DATA_EXTRACTED, news.FINISHED]
    assert life.state == "completed"


def test_an_import_starts_at_once() -> None:
    life = assembly({"imported": {"robot": "/http/import", "url": "https://example.com/a.jpg"}})

    [job] = started(life.open(100.0))

    assert (job.step, job.label, job.work) == ("imported", "imported::imported", "network")
    assert life.state == "executing"


def test_a_step_starts_when_its_file_is_there_although_other_uploads_still_run() -> None:
    life = assembly({"small": resize()}, uploads=2)
    life.open(100.0)

    [job] = started(upload(life, photo("a.jpg")))

    assert job.label == "small:::original"
    assert life.state == "uploading"


def test_it_executes_when_the_last_upload_is_in_and_ends_with_the_last_job() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    commands = upload(life, photo("a.jpg"))

    assert told(commands) == [news.UPLOADING_FINISHED, news.UPLOAD_FINISHED, news.META_DATA_EXTRACTED]
    [job] = started(commands)
    assert told(run(life, job, result(job))) == [news.RESULT_FINISHED, news.FINISHED]
    assert life.state == "completed"


def test_each_file_of_a_step_starts_the_next_steps_while_the_step_goes_on() -> None:
    life = assembly({"small": resize(), "smaller": resize("small")}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))

    commands = life.receive(ResultMade(job.id, result(job, "one.jpg"), 110.0))

    assert [next_job.step for next_job in started(commands)] == ["smaller"]
    assert life.jobs[job.id].active


def test_a_file_that_a_robot_does_not_know_is_passed_over_silently() -> None:
    life = assembly({"encoded": encode()}, uploads=1)
    life.open(100.0)

    commands = upload(life, photo("a.jpg"))

    assert started(commands) == []
    assert life.state == "completed"
    assert life.warnings == []


def test_a_bundle_waits_for_the_end_of_all_its_steps() -> None:
    steps = {"small": resize(), "packed": {"robot": "/script/run", "script": "1", "use": bundle("small", ":original")}}
    life = assembly(steps, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))

    [packed] = started(run(life, job, result(job)))

    assert packed.step == "packed"
    assert len(packed.inputs) == 2


def test_a_bundle_of_a_step_that_gave_nothing_is_not_made() -> None:
    steps = {"encoded": encode(), "packed": {"robot": "/script/run", "script": "1", "use": bundle("encoded")}}
    life = assembly(steps, uploads=1)
    life.open(100.0)

    assert started(upload(life, photo("a.jpg"))) == []
    assert life.state == "completed"


def test_groups_are_made_for_each_original() -> None:
    use = {"steps": [":original"], "bundle_steps": True, "group_by_original": True}
    life = assembly({"packed": {"robot": "/script/run", "script": "1", "use": use}}, uploads=2)
    life.open(100.0)
    upload(life, photo("a.jpg"))

    assert [len(job.inputs) for job in started(upload(life, photo("b.jpg")))] == [1, 1]


def test_a_bundle_is_sorted_by_tag_and_then_as_people_sort_names() -> None:
    life = assembly({"packed": {"robot": "/script/run", "script": "1", "use": bundle(":original")}}, uploads=3)
    life.open(100.0)
    files = [photo(name) for name in ("b10.jpg", "b9.jpg", "a.jpg")]
    commands = [command for file in files for command in upload(life, file)]

    [job] = started(commands)

    assert [life.files[item.file].file.name for item in job.inputs] == ["a.jpg", "b9.jpg", "b10.jpg"]


@pytest.mark.parametrize(("sort_by", "wanted"), [("basename", "abc"), ("auto", "abc"), ("import_order", "bca")])
def test_a_bundle_can_keep_the_order_in_which_the_files_came(sort_by: str, wanted: str) -> None:
    joined = {"robot": "/video/concat", "use": bundle(":original"), "sort_by": sort_by}
    life = assembly({"joined": joined}, uploads=3)
    life.open(100.0)
    films = [photo(f"{name}.mp4", type="video", mime="video/mp4") for name in "bca"]

    [job] = started([command for at, film in enumerate(films) for command in upload(life, film, 101.0 + at)])

    assert [life.files[item.file].file.name[0] for item in job.inputs] == list(wanted)


@pytest.mark.parametrize(("sort_by", "wanted"), [("basename", "abc"), ("auto", "bca"), ("import_order", "bca")])
def test_a_bundle_can_keep_the_order_in_which_an_import_names_files(sort_by: str, wanted: str) -> None:
    """Whichever of them was fetched first."""
    joined = {"robot": "/video/concat", "use": bundle(":original"), "sort_by": sort_by}
    life = assembly({"joined": joined}, uploads=3)
    life.open(100.0)
    known = {"type": "video", "mime": "video/mp4"}
    films = [photo(f"{name}.mp4", place="bca".index(name) + 1, **known) for name in "cab"]

    [job] = started([command for at, film in enumerate(films) for command in upload(life, film, 101.0 + at)])

    assert [life.files[item.file].file.name[0] for item in job.inputs] == list(wanted)


def test_a_failed_job_ends_the_assembly_and_its_other_jobs() -> None:
    life = assembly({"small": resize(), "tiny": resize()}, uploads=1)
    life.open(100.0)
    job, _ = started(upload(life, photo("a.jpg")))

    commands = life.receive(JobFailed(job.id, FAILURE, 110.0))

    assert commands == [StopJobs(life.id), Publish(news.ERROR)]
    assert life.error == {**FAILURE, "step": "small", "previousStep": ":original"}


def test_a_failed_import_came_from_no_step() -> None:
    life = assembly({"imported": {"robot": "/http/import", "url": "https://example.com/a.jpg"}})
    [job] = started(life.open(100.0))

    life.receive(JobFailed(job.id, FAILURE, 110.0))

    assert life.error == {**FAILURE, "step": "imported"}


def test_a_file_whose_metadata_may_be_wrong_is_used_and_its_fault_noted() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)

    [job] = started(upload(life, photo("a.jpg"), ignored=FAILURE))
    life.receive(ResultMade(job.id, result(job), 110.0, FAILURE))

    assert [(ignored["step"], ignored["phase"]) for ignored in life.ignored_errors] == [
        (":original", "meta"),
        ("small", "meta"),
    ]


def test_an_ignored_failure_is_noted_and_the_rest_goes_on() -> None:
    life = assembly({"small": resize(ignore_errors=["execute"])}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))

    life.receive(JobFailed(job.id, FAILURE, 110.0))

    assert life.state == "completed"
    assert life.ignored_errors == [
        {"step": "small", "phase": "execute", "error": "USER_COMMAND_ERROR", "message": "No."}
    ]


@pytest.mark.parametrize(
    ("event", "state"),
    [(Canceled(120.0), "canceled"), (Aborted(120.0), "aborted"), (Expired(120.0), "failed")],
)
def test_it_can_end_before_its_work_is_done(event: events.Event, state: str) -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    upload(life, photo("a.jpg"))

    assert life.receive(event)[0] == StopJobs(life.id)
    assert life.state == state
    assert life.finished == 120.0


def test_after_its_end_nothing_changes_it() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    life.receive(Canceled(120.0))
    life.changed.clear()

    assert run(life, job, result(job)) == []
    assert life.changed == {}


def test_an_upload_beyond_the_announced_number_is_ignored_with_a_word() -> None:
    life = assembly({"imported": {"robot": "/http/import", "url": "https://example.com"}})
    life.open(100.0)

    upload(life, photo("late.jpg"))

    assert life.files == {}
    assert "late.jpg" in life.warnings[0]["msg"]


def test_a_form_keeps_it_uploading_until_its_end() -> None:
    life = assembly({"small": resize()}, form=True)
    life.open(100.0)
    life.receive(events.FileUploaded(photo("a.jpg"), None, 101.0))

    assert life.state == "uploading"
    life.receive(FormReceived(5000, 102.0))
    assert (life.state, life.bytes_form) == ("executing", 5000)


@pytest.mark.parametrize(
    "happened", [events.UploadAdvanced("u", 1000, None, 102.0), events.UploadReceived("u", 1000, 102.0)]
)
def test_an_upload_that_is_larger_than_allowed_ends_it(happened: events.Event) -> None:
    life = assembly({"small": resize()}, uploads=1, max_size=999)
    life.open(100.0)
    life.receive(events.UploadStarted("u", "http://host/u", "a.jpg", None, None, {}, 101.0))

    life.receive(happened)

    assert life.error is not None
    assert life.error["error"] == "MAX_SIZE_EXCEEDED"


def test_imports_count_among_the_files_that_are_allowed() -> None:
    urls = {name: {"robot": "/http/import", "url": "https://example.com/a.jpg"} for name in ("one", "two")}
    life = assembly(urls, max_number_of_files=1)
    one, two = started(life.open(100.0))

    run(life, one, result(one))
    commands = life.receive(ResultMade(two.id, result(two), 111.0))

    assert [type(command) for command in commands] == [StopJobs, Publish]
    assert life.error is not None
    assert (life.error["error"], life.incoming) == ("MAX_NUMBER_OF_FILES_EXCEEDED", 1)


@pytest.mark.parametrize(("given", "warned"), [(24, True), ("${fields.size}", True), (None, False)])
def test_a_parameter_that_does_nothing_is_warned_of_when_it_is_set(given: Any, warned: bool) -> None:
    life = assembly({"small": {**resize(), "width": 50, "font_size": given}})
    life.open(100.0)

    sentence = "Step small: font_size is accepted for compatibility only, and has no effect here."
    assert [note["msg"] for note in life.warnings] == [sentence] * warned


def test_a_step_without_use_is_warned_of_and_never_runs() -> None:
    life = assembly({"lonely": {"robot": "/image/resize"}})
    life.open(100.0)

    assert life.state == "completed"
    assert "lonely" in life.warnings[0]["msg"]


def test_what_ran_when_the_server_died_is_queued_again() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    life.receive(JobStarted(job.id, 105.0))
    again = Assembly(**{**fields(life), "files": life.files, "jobs": life.jobs, "uploads": life.uploads})

    assert [one.id for one in started(again.resume(200.0))] == [job.id]
    assert again.jobs[job.id].state == "queued"


def test_a_stored_file_is_listed_under_the_step_that_made_it() -> None:
    life = assembly({"small": resize(), "kept": store("small")}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    [kept] = started(run(life, job, result(job)))
    run(life, kept, result(kept, url="https://bucket/a.jpg"))

    assert life.plan.shows("small")
    assert not life.plan.shows("kept")
    assert len(life.plan.stored(kept.inputs[0].file)) == 1


STEPS = {
    "small": resize(),
    "tiny": resize("small"),
    "packed": {"robot": "/script/run", "script": "1", "use": {"steps": ["small", "tiny"], "bundle_steps": True}},
    "kept": store(["packed", ":original"]),
}


Happening = Callable[[Assembly], list[Command]]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_order_and_any_repetition_of_results_ends_in_the_same_rows(data: Any) -> None:
    def any_place(waiting: list[Happening]) -> tuple[int, bool]:
        return data.draw(st.integers(0, len(waiting) - 1)), data.draw(st.booleans())

    assert rows(any_place) == rows(lambda waiting: (0, False))


def rows(choose: Callable[[list[Happening]], tuple[int, bool]]) -> dict[str, Any]:
    """What is left of a whole life in which `choose` says what happens next, and whether it will happen again."""
    life = assembly(STEPS, uploads=2)
    life.open(100.0)
    waiting: list[Happening] = [partial(upload, file=photo(name)) for name in ("a.jpg", "b.jpg")]
    while waiting:
        place, again = choose(waiting)
        happening = waiting[place] if again else waiting.pop(place)
        waiting += [partial(_run, job=job) for job in started(happening(life))]
    assert life.state == "completed"
    return {"jobs": {key: job.state for key, job in life.jobs.items()}, "files": set(life.files)}


def _run(life: Assembly, job: Job) -> list[Command]:
    return run(life, job, result(job))


def bundle(*steps: str) -> dict[str, Any]:
    return {"steps": list(steps), "bundle_steps": True}


def fields(life: Assembly) -> dict[str, Any]:
    names = ("id", "account", "instructions", "request", "created", "state", "uploaded", "analysed", "form_open")
    return {name: getattr(life, name) for name in names}
