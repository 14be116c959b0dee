"""The Assembly Status JSON and the news, from an Assembly."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest

from server.api.middleware import json_response
from server.model import news
from server.model.addresses import Addresses
from server.model.assembly import Assembly
from server.model.commands import Publish
from server.model.events import Canceled, JobFailed, JobStarted, ResultMade
from server.model.status import House, brief, date, milestones, status, told
from tests.server.model.lives import ID, assembly, photo, result, run, started, upload
from tests.server.model.toys import resize, store

BLINK = 0.25  # seconds of a slow core; a quick one needs a third
HOUSE = House(Addresses("https://host"), "sluice", "local", "1")
URL = f"https://host/assemblies/{ID}"


def complete() -> Assembly:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a b.jpg", field="file", meta={"width": 4})))
    run(life, job, result(job, "a b.jpg"))
    return life


def test_a_new_assembly_has_every_key_that_clients_cannot_do_without() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)

    shown = status(life, HOUSE)

    assert shown["ok"] == "ASSEMBLY_UPLOADING"
    assert (shown["uploads"], shown["results"], shown["fields"]) == ([], {}, {})
    assert shown["assembly_ssl_url"] == shown["assembly_url"] == URL
    assert shown["tus_url"] == "https://host/resumable/files/"
    assert shown["websocket_url"] == "https://host/ws1"
    assert shown["update_stream_url"] == f"https://host/ws1?assembly={ID}"
    assert shown["start_date"] == "1970/01/01 00:01:40 GMT"


def test_a_complete_assembly_counts_its_bytes_files_and_seconds() -> None:
    shown = status(complete(), HOUSE)

    assert (shown["ok"], shown["message"]) == ("ASSEMBLY_COMPLETED", "The Assembly was successfully completed.")
    assert (shown["bytes_received"], shown["bytes_expected"], shown["bytes_usage"]) == (1000, 1000, 2000)
    assert (shown["num_input_files"], shown["finished_tus_uploads"]) == (1, 1)
    assert (shown["upload_duration"], shown["execution_duration"]) == (1.0, 9.0)
    assert shown["started_jobs"] == [":original:::original", "small:::original"]


def test_an_upload_says_which_tus_upload_it_was() -> None:
    [entry] = status(complete(), HOUSE)["uploads"]

    assert entry["is_tus_file"] is True
    assert entry["tus_upload_url"] == f"http://host/resumable/files/{ID}_{entry['id']}"
    assert entry["original_id"] == entry["id"]


def test_a_result_has_a_temporary_url_and_both_spellings_of_its_times() -> None:
    [entry] = status(complete(), HOUSE)["results"]["small"]

    assert entry["url"] == entry["ssl_url"] == f"https://host/results/{ID}/{entry['id']}/a%20b.jpg"
    assert entry["is_temp_url"] is True
    assert entry["queue_time"] == entry["queueTime"]
    assert entry["exec_time"] == entry["execTime"]
    assert (entry["is_tus_file"], entry["tus_upload_url"], entry["queue"]) == (False, None, "live")


def test_a_stored_file_is_listed_once_for_each_place_where_it_is() -> None:
    life = assembly({"small": resize(), "here": store("small"), "there": store("small")}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    for number, kept in enumerate(started(run(life, job, result(job)))):
        run(life, kept, result(kept, url=f"https://bucket{number}/a.jpg"))

    entries = status(life, HOUSE)["results"]["small"]

    assert [(entry["url"], entry["is_temp_url"]) for entry in entries] == [
        ("https://bucket0/a.jpg", False),
        ("https://bucket1/a.jpg", False),
    ]


def test_a_file_stub_is_where_it_was_not_fetched() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    run(life, job, result(job, import_url="https://host.example/a.mp4?X-Amz-Signature=hush"))

    [entry] = status(life, HOUSE)["results"]["small"]

    assert entry["url"] == entry["ssl_url"] == entry["import_url"] == "https://host.example/a.mp4?X-Amz-Signature=****"
    assert entry["is_temp_url"] is False


def test_a_stream_for_hls_has_an_address_only_where_it_is_stored() -> None:
    life = assembly({"small": resize(), "here": store("small")}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    playlists = [{"name": "playlist.m3u8", "relative_path": "stream/720p", "meta": {"resolution": "1280x720"}}]
    [kept] = started(run(life, job, result(job, playlists=playlists)))
    [made] = status(life, HOUSE)["results"]["small"]
    run(life, kept, result(kept, url="https://bucket/stream/playlist.m3u8", playlists=playlists))
    [stored] = status(life, HOUSE)["results"]["small"]

    assert made["playlists"] == stored["playlists"] == playlists
    assert ("hls_url" in made, stored["hls_url"]) == (False, "https://bucket/stream/playlist.m3u8")


def test_a_failed_assembly_has_an_error_and_no_ok() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    life.receive(JobFailed(job.id, {"error": "USER_COMMAND_ERROR", "message": "No."}, 110.0))

    shown = status(life, HOUSE)

    assert "ok" not in shown
    assert (shown["error"], shown["message"], shown["step"]) == ("USER_COMMAND_ERROR", "No.", "small")
    assert brief(life) == {"error": "USER_COMMAND_ERROR", "http_code": 200, "message": "No.", "assembly_id": ID}


def test_quiet_says_no_more_than_ok_and_the_id() -> None:
    assert brief(complete()) == {"ok": "ASSEMBLY_COMPLETED", "assembly_id": ID}


def test_news_of_a_result_has_its_step_and_the_file_as_two_arguments() -> None:
    life = complete()
    [file] = [made.file for made in life.files.values() if made.step == "small"]

    piece = told(life, Publish(news.RESULT_FINISHED, file.id), HOUSE)

    assert piece.arguments[0] == "small"
    assert piece.arguments[1]["id"] == file.id


def test_news_of_an_error_has_its_sentence_under_both_names() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    life.receive(JobFailed(job.id, {"error": "USER_COMMAND_ERROR", "message": "No."}, 110.0))

    [failure] = told(life, Publish(news.ERROR), HOUSE).arguments

    assert failure["msg"] == failure["message"] == "No."
    assert failure["assembly_id"] == ID


@pytest.mark.parametrize(
    ("life", "names"),
    [
        (assembly({"small": resize()}, uploads=1), []),
        (complete(), [news.UPLOADING_FINISHED, news.META_DATA_EXTRACTED, news.FINISHED]),
    ],
)
def test_who_comes_late_is_told_the_milestones(life: Assembly, names: list[str]) -> None:
    assert [piece.name for piece in milestones(life, HOUSE)] == names


def test_who_comes_after_a_cancel_is_told_that_there_is_nothing_to_wait_for() -> None:
    life: Any = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    life.receive(Canceled(101.0))

    assert [piece.name for piece in milestones(life, HOUSE)] == [news.CANCELED]


def test_dates_are_written_as_the_api_writes_them() -> None:
    assert date(1578571326.9) == "2020/01/09 12:02:06 GMT"


def rich(results: int) -> Assembly:
    """An Assembly with so many results."""
    life = assembly({"small": resize(result=True)}, uploads=1)
    (job,) = started([*life.open(100.0), *upload(life, photo("cat.jpg"))])
    life.receive(JobStarted(job.id, 102.0))
    for number in range(results):
        life.receive(ResultMade(job.id, result(job, f"{number}.jpg", meta={"width": 60, "height": 40}), 103.0))
    return life


def quickest(act: Callable[[], object], times: int) -> float:
    """Seconds of a processor, and not of the clock: others work beside a test."""
    took = []
    for _ in range(times):
        begun = time.thread_time()
        act()
        took.append(time.thread_time() - begun)
    return min(took)


@pytest.mark.case(98)
def test_ten_thousand_results_are_told_and_written_in_the_time_of_a_blink() -> None:
    life = rich(10_000)

    took = quickest(lambda: json_response(status(life, HOUSE)), 4)

    assert len(status(life, HOUSE)["results"]["small"]) == 10_000
    assert took < BLINK


@pytest.mark.case(98)
def test_a_result_is_told_by_itself_and_in_the_same_time_however_many_there_were_before() -> None:
    few, many = rich(100), rich(5_000)

    def telling(life: Assembly) -> Callable[[], object]:
        (job,) = life.jobs.values()
        numbers = itertools.count()

        def tell() -> None:
            for _ in range(20):
                event = ResultMade(job.id, result(job, f"new {next(numbers)}.jpg"), 104.0)
                [publish] = [command for command in life.receive(event) if isinstance(command, Publish)]
                assert len(told(life, publish, HOUSE).arguments) == 2

        return tell

    assert quickest(telling(many), 15) < 5 * quickest(telling(few), 15)
