"""The door for bytes: what becomes of uploads by tus."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession

from robots.tools.pool import Pool, Worker
from server.model import retry
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
SMALL = {"small": {"robot": "/image/resize", "use": ":original", "width": 20}}
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


async def created(
    session: ClientSession, uploads: int = 1, steps: dict[str, Any] = STEPS, **auth: int
) -> dict[str, Any]:
    params = json.dumps({"auth": {"key": KEY, **auth}, "steps": steps})
    response = await session.post("/assemblies", data={"params": params, "num_expected_upload_files": str(uploads)})
    status: dict[str, Any] = await response.json()
    return status


async def sent(session: ClientSession, status: dict[str, Any], data: bytes, **metadata: str) -> ClientResponse:
    """One upload, created and sent in one request."""
    said = {"assembly_url": status["assembly_url"], "filename": "file.bin", **metadata}
    header = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
    headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": header}
    return await session.post(status["tus_url"], data=BytesIO(data), headers=headers)


def unsized(status: dict[str, Any]) -> dict[str, str]:
    """The head of a creation whose client does not know yet how much it will send."""
    said = f"assembly_url {b64encode(status['assembly_url'].encode()).decode()}"
    return {**TUS, "Upload-Defer-Length": "1", "Upload-Metadata": said}


async def streamed(data: bytes) -> AsyncIterator[bytes]:
    """A body whose head does not say how long it is."""
    yield data


async def test_an_upload_is_a_file_with_the_field_the_name_and_the_words_of_its_client(tmp_path: Path) -> None:
    data = samples.jpeg(tmp_path).read_bytes()
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        response = await sent(session, status, data, filename="a b.jpg", fieldname="photo", caption="Hello")
        last = await ended(session, status)

    [upload] = last["uploads"]
    assert (upload["name"], upload["field"], upload["type"]) == ("a b.jpg", "photo", "image")
    assert upload["user_meta"] == {"caption": "Hello"}
    assert upload["tus_upload_url"] == response.headers["Location"]
    assert last["results"]["hashed"][0]["user_meta"] == {"caption": "Hello"}


async def test_a_file_name_cannot_leave_its_folder(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        await sent(session, status, b"bytes", filename="../../../etc/passwd")
        last = await ended(session, status)

    assert last["uploads"][0]["name"] == "passwd"


async def test_an_empty_file_is_finished_when_it_is_created(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        await sent(session, status, b"")
        last = await ended(session, status)

    assert last["ok"] == "ASSEMBLY_COMPLETED"
    assert last["uploads"][0]["size"] == 0


async def test_an_upload_for_no_assembly_is_refused(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        unknown = await sent(session, {**status, "assembly_url": f"{app.origin}/assemblies/{'0' * 32}"}, b"x")
        nowhere = await sent(session, {**status, "assembly_url": "https://example.com/"}, b"x")

        assert (unknown.status, (await unknown.json())["error"]) == (404, "ASSEMBLY_NOT_FOUND")
        assert (nowhere.status, (await nowhere.json())["error"]) == (400, "INVALID_FILE_META_DATA")


async def test_an_ended_assembly_takes_no_more_uploads(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        await session.delete(status["assembly_url"])

        assert (await sent(session, status, b"x")).status == 404


@pytest.mark.case(13)
async def test_a_file_beyond_the_allowed_size_is_refused_and_ends_the_assembly(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, max_size=10)
        response = await sent(session, status, b"eleven bytes")
        last = await ended(session, status)

    assert response.status == 413
    assert last["error"] == "MAX_SIZE_EXCEEDED"


@pytest.mark.case(13)
@pytest.mark.parametrize("later", [{}, {"Upload-Length": "12"}])
@pytest.mark.parametrize("kind", [{}, {"Upload-Concat": "partial"}])
@pytest.mark.parametrize("pieces", [BytesIO, streamed])
async def test_an_upload_that_grows_beyond_the_allowed_size_is_refused_and_gone_and_ends_the_assembly(
    tmp_path: Path, later: dict[str, str], kind: dict[str, str], pieces: Callable[[bytes], Any]
) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, max_size=10)
        place = (await session.post(status["tus_url"], headers={**unsized(status), **kind})).headers["Location"]
        await session.patch(place, headers={**TUS, "Upload-Offset": "0"}, data=b"three")
        reply = await session.patch(place, headers={**TUS, "Upload-Offset": "5", **later}, data=pieces(b" eleven"))
        told, last = await reply.json(), await ended(session, status)
        gone = await session.head(place, headers=TUS)

    assert (reply.status, told["error"], last["error"]) == (413, "MAX_SIZE_EXCEEDED", "MAX_SIZE_EXCEEDED")
    assert (gone.status, last["uploads"], list((tmp_path / "data" / "uploads").glob("*_*"))) == (404, [], [])


@pytest.mark.case(13)
async def test_an_upload_of_unknown_length_that_is_created_with_too_much_is_gone_at_once(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, max_size=10)
        reply = await session.post(status["tus_url"], headers=unsized(status), data=BytesIO(b"eleven bytes"))
        told, last = await reply.json(), await ended(session, status)

    assert (reply.status, told["error"], last["error"]) == (413, "MAX_SIZE_EXCEEDED", "MAX_SIZE_EXCEEDED")
    assert list((tmp_path / "data" / "uploads").glob("*_*")) == []


@pytest.mark.case(13)
async def test_parts_of_unknown_length_that_are_too_much_together_are_not_joined(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, max_size=10)
        headers = {**unsized(status), "Upload-Concat": "partial"}
        parts = [(await session.post(status["tus_url"], headers=headers)).headers["Location"] for _ in range(2)]
        headers = {**unsized(status), "Upload-Concat": f"final;{' '.join(parts)}"}
        del headers["Upload-Defer-Length"], headers["Content-Type"]
        final = (await session.post(status["tus_url"], headers=headers)).headers["Location"]
        for part in parts:
            await session.patch(part, headers={**TUS, "Upload-Offset": "0", "Upload-Length": "6"}, data=b"sixsix")
        last, gone = await ended(session, status), await session.head(final, headers=TUS)

    assert (last["error"], last["uploads"], gone.status) == ("MAX_SIZE_EXCEEDED", [], 404)


@pytest.mark.case(13)
async def test_an_upload_of_unknown_length_may_have_all_that_is_allowed(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, max_size=10)
        place = (await session.post(status["tus_url"], headers=unsized(status))).headers["Location"]
        await session.patch(place, headers={**TUS, "Upload-Offset": "0"}, data=streamed(b"ten bytes!"))
        await session.patch(place, headers={**TUS, "Upload-Offset": "10", "Upload-Length": "10"})
        last = await ended(session, status)

    assert (last["ok"], last["uploads"][0]["size"]) == ("ASSEMBLY_COMPLETED", 10)


@pytest.mark.case(13)
async def test_a_file_beyond_the_allowed_number_ends_the_assembly(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, uploads=2, max_number_of_files=1)
        await sent(session, status, b"one")
        await sent(session, status, b"two")
        last = await ended(session, status)

    assert last["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED"


async def test_an_upload_that_is_taken_back_is_not_counted(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        said = f"assembly_url {b64encode(status['assembly_url'].encode()).decode()}"
        headers = {**TUS, "Upload-Length": "9", "Upload-Metadata": said}
        response = await session.post(status["tus_url"], headers=headers)
        await session.delete(response.headers["Location"], headers=TUS)

        shown = await (await session.get(status["assembly_url"])).json()
        assert (shown["started_tus_uploads"], shown["tus_uploads"]) == (0, [])


async def test_the_status_shows_how_far_an_upload_is(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        said = f"assembly_url {b64encode(status['assembly_url'].encode()).decode()},filename YQ=="
        headers = {**TUS, "Upload-Length": "9", "Upload-Metadata": said}
        response = await session.post(status["tus_url"], headers=headers, data=b"four")

        shown = await (await session.get(status["assembly_url"])).json()
        assert (shown["bytes_received"], shown["bytes_expected"]) == (4, 9)
        assert shown["tus_uploads"][0]["upload_url"] == response.headers["Location"]
        assert (shown["tus_uploads"][0]["offset"], shown["tus_uploads"][0]["finished"]) == (4, False)


async def test_a_large_picture_is_worked_on_at_once_and_told_with_all_its_metadata(tmp_path: Path) -> None:
    data = samples.png(tmp_path, 1100, 1000).read_bytes()
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, steps=SMALL)
        async with session.get(status["update_stream_url"]) as stream:
            await sent(session, status, data, filename="a.png")
            news = (await stream.read()).decode()
        last = await (await session.get(status["assembly_url"])).json()

    [upload], [result] = last["uploads"], last["results"]["small"]
    assert upload["meta"]["average_color"].startswith("#")
    assert (result["original_id"], result["original_md5hash"]) == (upload["id"], upload["md5hash"])
    assert '"average_color"' in news.partition("assembly_upload_finished")[2].partition("\n\n")[0]
    assert news.index("assembly_upload_meta_data_extracted") < news.index("assembly_result_finished")


@pytest.mark.parametrize("width", [100, 1100])
async def test_a_large_picture_that_is_damaged_fails_as_a_small_one_does(tmp_path: Path, width: int) -> None:
    data = samples.bmp(tmp_path, width, 1000).read_bytes()[:-900]
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, steps=SMALL)
        await sent(session, status, data, filename="a.bmp")
        last = await ended(session, status)

    assert (last["error"], last["file"]) == ("FILE_META_DATA_ERROR", "a.bmp")
    assert (last["uploads"], last["results"]) == ([], {})


async def test_an_analysis_whose_process_is_killed_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.01))
    mortal(monkeypatch, deaths=2)
    async with inside(tmp_path / "data", image_children=1) as app, client(app) as session:
        status = await created(session)
        await sent(session, status, samples.jpeg(tmp_path).read_bytes(), filename="a.jpg")
        last = await ended(session, status)

    assert last["ok"] == "ASSEMBLY_COMPLETED"
    assert last["uploads"][0]["meta"]["width"] == 400


async def test_an_analysis_whose_process_is_killed_each_time_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.01))
    mortal(monkeypatch, deaths=99)
    async with inside(tmp_path / "data", image_children=1) as app, client(app) as session:
        status = await created(session)
        await sent(session, status, b"some text")
        last = await ended(session, status)

    assert last["error"] == "INTERNAL_COMMAND_ERROR"
    assert "died" in last["message"]


def mortal(monkeypatch: pytest.MonkeyPatch, deaths: int) -> None:
    """The first children are real, and are killed before they are asked anything."""
    begin, left = Pool._start, iter(range(deaths))

    async def _start(pool: Pool) -> Worker:
        worker = await begin(pool)
        if next(left, None) is not None:
            await worker.stop()
        return worker

    monkeypatch.setattr(Pool, "_start", _start)


@pytest.mark.parametrize("more", [{}, {"crop": {"x1": 0, "y1": 0, "x2": 600, "y2": 500}}])
async def test_a_photo_whose_job_sees_it_is_told_of_as_if_there_were_no_job(
    more: dict[str, Any], tmp_path: Path
) -> None:
    photo = samples.jpeg(tmp_path, 1200, 1000).read_bytes()
    resize = {"small": {**SMALL["small"], "width": 300, **more}}
    async with inside(tmp_path / "data") as app, client(app) as session:
        told = []
        for steps in (resize, STEPS):
            status = await created(session, steps=steps)
            await sent(session, status, photo, filename="photo.jpg")
            told.append((await ended(session, status))["uploads"][0]["meta"])

    with_job, without = ({**meta, "date_file_modified": None} for meta in told)
    colors = [bytes.fromhex(meta.pop("average_color")[1:]) for meta in (with_job, without)]
    assert with_job == without
    assert max(abs(a - b) for a, b in zip(*colors, strict=True)) <= 1


async def test_a_photo_whose_job_fails_is_told_of_all_the_same(tmp_path: Path) -> None:
    photo = samples.jpeg(tmp_path, 1200, 1000).read_bytes()
    steps = {"small": {**SMALL["small"], "frame": 9, "ignore_errors": True}}
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, steps=steps)
        await sent(session, status, photo, filename="photo.jpg")
        last = await ended(session, status)

    assert last["ok"] == "ASSEMBLY_COMPLETED"
    assert last["uploads"][0]["meta"]["average_color"].startswith("#")


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_result_tells_the_colour_that_its_job_saw_unless_no_metadata_is_wanted(
    wanted: bool, tmp_path: Path
) -> None:
    steps = {"small": {**SMALL["small"], **({} if wanted else {"output_meta": False})}}
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session, steps=steps)
        await sent(session, status, samples.jpeg(tmp_path).read_bytes(), filename="photo.jpg")
        [result] = (await ended(session, status))["results"]["small"]

    assert ({"average_color", "has_transparency"} <= result["meta"].keys()) is wanted


async def test_a_file_that_cannot_be_kept_for_a_reason_that_nobody_foresaw_ends_its_assembly(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await created(session)
        (tmp_path / "data" / "files" / status["assembly_id"][:2]).write_text("no folder")
        await sent(session, status, b"hello")
        last = await ended(session, status)

    assert (last["error"], "the log of this server says how" in last["message"]) == ("WORKER_JOB_ERROR", True)
