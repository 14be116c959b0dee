"""How much is done, in percent."""

from server.model.progress import progress
from tests.server.model.lives import assembly, photo, result, run, started, upload
from tests.server.model.toys import encode, resize


def test_a_running_job_counts_as_far_as_it_is() -> None:
    life = assembly({"encoded": encode()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.mp4", type="video")))

    assert progress(life, {job.id: 0.5})["progress_combined"] == 50


def test_a_long_job_weighs_more_than_a_short_one() -> None:
    life = assembly({"encoded": encode(), "small": resize(force_accept=True)}, uploads=1)
    life.open(100.0)
    jobs = {job.step: job for job in started(upload(life, photo("a.mp4", type="video")))}
    run(life, jobs["small"], result(jobs["small"]))

    assert progress(life, {})["progress_combined"] < 20


def test_steps_that_are_still_to_come_count_too() -> None:
    life = assembly({"small": resize(), "smaller": resize("small")}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    run(life, job, result(job))

    assert progress(life, {})["progress_combined"] == 50


def test_each_original_has_its_own_progress() -> None:
    life = assembly({"small": resize()}, uploads=2)
    life.open(100.0)
    [first] = started(upload(life, photo("a.jpg")))
    [second] = started(upload(life, photo("b.jpg")))

    told = progress(life, {first.id: 0.25, second.id: 0.75})

    assert told["progress_combined"] == 50
    assert {entry["progress"] for entry in told["progress_per_original_file"]} == {25, 75}


def test_an_import_counts_before_it_has_a_file() -> None:
    life = assembly({"imported": {"robot": "/http/import", "url": "https://example.com"}})
    [job] = started(life.open(100.0))

    assert progress(life, {job.id: 0.4}) == {"progress_combined": 40, "progress_per_original_file": []}


def test_an_assembly_with_nothing_to_do_is_done() -> None:
    assert progress(assembly({"small": resize()}), {})["progress_combined"] == 100
