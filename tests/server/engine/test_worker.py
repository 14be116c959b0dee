"""Jobs in a whole server: variables, results, warnings and failures."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, web
from PIL import Image

from robots.tools import children
from robots.tools.programs import Programs
from server.model import retry
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.web import always, site


async def processed(session: ClientSession, steps: dict[str, Any], *files: Path, **fields: str) -> dict[str, Any]:
    form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": steps}), **fields})
    for path in files:
        form.add_field("file", path.read_bytes(), filename=path.name)
    response = await session.post("/assemblies", data=form)
    return await ended(session, await response.json())


async def test_variables_and_expressions_are_filled_in_before_a_robot_runs(tmp_path: Path) -> None:
    steps = {
        "half": {
            "robot": "/image/resize",
            "use": ":original",
            "width": "${file.meta.width / 2}",
            "height": "${fields.height}",
            "resize_strategy": "stretch",
        }
    }
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, samples.jpeg(tmp_path, width=400, height=300), height="75")

    [result] = status["results"]["half"]
    assert (result["meta"]["width"], result["meta"]["height"]) == (200, 75)


async def test_what_results_carry_along_may_have_variables_too(tmp_path: Path) -> None:
    told = {"name": "${file.name}", "size": "${file.size}", "twice": "${file.size * 2}", "of": "by ${fields.who}"}
    hashed = {"robot": "/file/hash", "use": ":original", "user_meta": told}
    steps = {
        "hashed": hashed,
        "nothing": {**hashed, "user_meta": {"none": "${file.nothing}", "two": 2}},
        "literal": {**hashed, "interpolate": {"user_meta": False}},
        "wrong": {**hashed, "user_meta": {"a": "${nobody()}"}, "ignore_errors": True},
    }
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, samples.txt(tmp_path, "words", name="a.txt"), who="me")

    found = {step: made["user_meta"] for step, [made] in status["results"].items()}
    assert found["hashed"] == {"name": "a.txt", "size": 5, "twice": 10, "of": "by me"}
    assert (found["nothing"], found["literal"]) == ({"none": "", "two": 2}, told)
    assert [warning["msg"] for warning in status["warnings"] if "file.nothing" in warning["msg"]]
    assert found.keys() == steps.keys() - {"wrong"}
    assert [one["error"] for one in status["ignored_errors"]] == ["FILE_HASH_VALIDATION"]


async def test_a_value_that_turns_out_wrong_has_the_code_of_its_robot(tmp_path: Path) -> None:
    steps = {"small": {"robot": "/image/resize", "use": ":original", "width": "${fields.width}"}}
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, samples.jpeg(tmp_path), width="wide")

    assert status["error"] == "IMAGE_RESIZE_VALIDATION"
    assert (status["step"], status["previousStep"]) == ("small", ":original")
    assert "width" in status["message"]


async def test_an_assembly_that_fails_for_a_variable_without_a_value_says_which(tmp_path: Path) -> None:
    steps = {"imported": {"robot": "/http/import", "url": "${fields.adress}"}}
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, samples.txt(tmp_path), address="https://example.com/a.jpg")

    assert status["error"] == "HTTP_IMPORT_VALIDATION"
    assert [warning["msg"] for warning in status["warnings"]] == [
        "Step imported: ${fields.adress} has no value; an empty text took its place."
    ]


async def test_results_keep_the_identity_of_their_original(tmp_path: Path) -> None:
    steps = {
        "small": {"robot": "/image/resize", "use": ":original", "width": 20, "format": "png", "user_meta": {"a": "b"}},
        "hashed": {"robot": "/file/hash", "use": "small"},
    }
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, samples.jpeg(tmp_path))

    [upload], [hashed] = status["uploads"], status["results"]["hashed"]
    assert hashed["original_id"] == upload["id"]
    assert hashed["original_name"] == upload["name"]
    assert (hashed["ext"], hashed["mime"], hashed["field"]) == ("png", "image/png", "file")
    assert hashed["md5hash"] != upload["md5hash"] == hashed["original_md5hash"]
    assert list(status["results"]) == ["hashed"]


async def test_a_damaged_file_fails_with_a_sentence_and_without_a_path(tmp_path: Path) -> None:
    path = samples.jpeg(tmp_path)
    path.write_bytes(path.read_bytes()[:60])
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"small": {"robot": "/image/resize", "use": ":original"}}, path)

    assert status["error"] in {"FILE_META_DATA_ERROR", "IMAGE_RESIZE_ERROR"}
    assert str(tmp_path) not in json.dumps(status)


@pytest.mark.parametrize(("name", "robot"), [("empty.jpg", "/image/resize"), ("empty.mp4", "/video/encode")])
async def test_an_empty_file_fails_where_it_would_be_worked_on(tmp_path: Path, name: str, robot: str) -> None:
    (tmp_path / name).touch()
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"made": {"robot": robot, "use": ":original"}}, tmp_path / name)

    assert status["error"] == "INVALID_INPUT_ERROR"
    assert status["message"] == f"The file {name} is empty: the upload was cut or there was nothing in it."


async def test_the_errors_of_uploads_can_be_ignored(tmp_path: Path) -> None:
    path = samples.jpeg(tmp_path)
    path.write_bytes(path.read_bytes()[:60])
    steps = {
        ":original": {"robot": "/upload/handle", "ignore_errors": ["meta"]},
        "hashed": {"robot": "/file/hash", "use": ":original"},
    }
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, path)

    assert status["ok"] == "ASSEMBLY_COMPLETED"
    assert len(status["results"]["hashed"]) == 1


async def test_the_words_of_a_text_file_are_written_over_a_picture(tmp_path: Path) -> None:
    words = samples.txt(tmp_path, "Hello\n")
    steps = {
        "words": {"robot": "/file/filter", "use": ":original", "accepts": [["${file.ext}", "=", "txt"]]},
        "picture": {"robot": "/file/filter", "use": ":original", "accepts": [["${file.ext}", "=", "png"]]},
        "written": {
            "robot": "/image/resize",
            "use": {
                "steps": [{"name": "picture", "as": "base"}, {"name": "words", "as": "text"}],
                "bundle_steps": True,
            },
            "text": [{"text": "${use.text_1}", "size": 40, "color": "#ffffff"}],
        },
    }
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, steps, samples.png(tmp_path), words)
        [written] = status["results"]["written"]
        async with session.get(written["ssl_url"]) as response:
            blue = Image.open(BytesIO(await response.read())).getchannel("B")

    assert status["warnings"] == []
    assert sum(blue.histogram()[250:]) > 200, "no white letters on a picture that has no white"


@pytest.mark.parametrize(("forgiven", "over"), [(["meta"], "ASSEMBLY_COMPLETED"), ([], "FILE_META_DATA_ERROR")])
async def test_an_import_may_bring_a_file_without_metadata(tmp_path: Path, forgiven: list[str], over: str) -> None:
    damaged = samples.jpeg(tmp_path).read_bytes()[:60]
    async with (
        site(always(lambda: _image(damaged))) as origin,
        inside(tmp_path / "data") as app,
        client(app) as session,
    ):
        step = {"robot": "/http/import", "url": f"{origin}/face.jpg", "import_on_errors": forgiven}
        status = await processed(session, {"imported": step})

    assert status.get("ok", status.get("error")) == over
    assert len(status["results"].get("imported", ())) == len(forgiven)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"ignore_errors": ["meta"]}, ["fine.jpg"]),
        ({"ignore_errors": ["meta"], "import_on_errors": ["meta"]}, ["bad.jpg", "fine.jpg"]),
    ],
)
async def test_an_import_whose_errors_are_ignored_goes_on_without_the_file(
    tmp_path: Path, given: dict[str, Any], names: list[str]
) -> None:
    fine = samples.jpeg(tmp_path).read_bytes()

    async def answer(request: web.Request) -> web.Response:
        return _image(fine if request.path == "/fine.jpg" else fine[:60])

    async with site(answer) as origin, inside(tmp_path / "data") as app, client(app) as session:
        urls = [f"{origin}/bad.jpg", f"{origin}/fine.jpg"]
        steps = {
            "imported": {"robot": "/http/import", "url": urls, **given},
            "hashed": {"robot": "/file/hash", "use": "imported"},
        }
        status = await processed(session, steps)
        stored = {path.name for path in app.parts.files.of(status["assembly_id"]).iterdir()}

    assert status["ok"] == "ASSEMBLY_COMPLETED"
    assert sorted(result["name"] for result in status["results"]["hashed"]) == names
    assert [(one["step"], one["error"]) for one in status["ignored_errors"]] == [("imported", "FILE_META_DATA_ERROR")]
    assert len(stored) == 2 * len(names)


async def test_a_file_stub_goes_through_a_filter_and_into_nothing_that_needs_bytes(tmp_path: Path) -> None:
    stub = {"robot": "/http/import", "url": "http://127.0.0.1:80/a.mp4", "return_file_stubs": True}
    rule = {"robot": "/file/filter", "use": "imported", "accepts": [["${file.ext}", "=", "mp4"]], "result": True}
    packed = {"robot": "/file/compress", "use": "imported"}
    async with inside(tmp_path / "data") as app, client(app) as session:
        filtered = await processed(session, {"imported": stub, "chosen": rule})
        failed = await processed(session, {"imported": stub, "packed": packed})

    assert [file["url"] for file in filtered["results"]["chosen"]] == [stub["url"]]
    assert (failed["error"], failed["message"]) == (
        "INVALID_INPUT_ERROR",
        "a.mp4 was not fetched: a file stub has no bytes.",
    )


async def test_an_imported_file_is_an_original_of_its_own(tmp_path: Path) -> None:
    picture = samples.jpeg(tmp_path).read_bytes()
    async with (
        site(always(lambda: _image(picture))) as origin,
        inside(tmp_path / "data") as app,
        client(app) as session,
    ):
        status = await processed(session, {"imported": {"robot": "/http/import", "url": f"{origin}/a/face.jpg"}})

    [file] = status["results"]["imported"]
    assert file["original_id"] == file["id"]
    assert (file["original_name"], file["original_path"]) == ("face.jpg", "/a/")
    assert file["import_url"] == f"{origin}/a/face.jpg"
    assert status["num_input_files"] == 1


@pytest.mark.case(66)
async def test_a_job_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    # With more than nothing the job may be quicker.
    async with inside(tmp_path / "data", file_time_limit=0.0) as app, client(app) as session:
        status = await processed(
            session, {"hashed": {"robot": "/file/hash", "use": ":original"}}, samples.jpeg(tmp_path)
        )

    assert status["error"] == "INTERNAL_COMMAND_TIMEOUT"


@pytest.mark.case(79)
async def test_a_tool_that_is_killed_runs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.01))
    killed = dying(tmp_path, times=2)
    monkeypatch.setattr(children, "_CHOSEN", [])
    # It counts its runs in a place that a sandbox would not let it write to.
    async with inside(tmp_path / "data", ffmpeg=str(killed), sandbox="rlimits") as app, client(app) as session:
        status = await processed(session, THUMBS, samples.mp4(tmp_path, seconds=1, audio=False))

    assert status["ok"] == "ASSEMBLY_COMPLETED"
    assert len(status["results"]["thumbs"]) == 1


async def test_a_tool_that_is_killed_each_time_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.01))
    killed = dying(tmp_path, times=9)
    monkeypatch.setattr(children, "_CHOSEN", [])
    # It counts its runs in a place that a sandbox would not let it write to.
    async with inside(tmp_path / "data", ffmpeg=str(killed), sandbox="rlimits") as app, client(app) as session:
        status = await processed(session, THUMBS, samples.mp4(tmp_path, seconds=1, audio=False))

    assert status["error"] == "INTERNAL_COMMAND_ERROR"
    assert status["exitSignal"] == "SIGKILL"
    assert (tmp_path / "runs").read_text() == "x" * 3


@pytest.mark.case(116)
@pytest.mark.parametrize("leave", ["ln -s", "ln"])
async def test_what_a_tool_leaves_is_a_result_only_if_it_is_a_plain_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leave: str
) -> None:
    monkeypatch.setattr(children, "_CHOSEN", [])
    theirs, fallen = tmp_path / "theirs", tmp_path / "ffmpeg"
    theirs.write_text("of somebody else")
    each = f'for word; do [ "$before" != 1 ] || {leave} -f {theirs} "${{word#file:}}"; before=$word; done'
    fallen.write_text(f"#!/bin/sh\n{each}\n")
    fallen.chmod(0o755)
    # A sandbox would let it reach nothing of others to begin with.
    async with inside(tmp_path / "data", ffmpeg=str(fallen), sandbox="rlimits") as app, client(app) as session:
        status = await processed(session, THUMBS, samples.mp4(tmp_path, seconds=1, audio=False))
        kept = [path for path in (app.folder / "files").rglob("*") if path.is_file()]

    assert "is no plain file" in status["message"], status
    assert [path.stat().st_nlink for path in kept] == [1]


THUMBS = {"thumbs": {"robot": "/video/thumbs", "use": ":original", "count": 1}}


def dying(folder: Path, times: int) -> Path:
    """The real ffmpeg, behind a program that is killed the first times."""
    program, runs = folder / "ffmpeg", folder / "runs"
    last = f'if [ "$(wc -c < {runs})" -le {times} ]; then kill -KILL $$; fi'
    program.write_text(f'#!/bin/sh\nprintf x >> {runs}\n{last}\nexec {Programs().need("ffmpeg")} "$@"\n')
    program.chmod(0o755)
    return program


async def test_jobs_leave_nothing_in_the_scratch_folder(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        await processed(
            session, {"small": {"robot": "/image/resize", "use": ":original", "width": 9}}, samples.jpeg(tmp_path)
        )

        assert list((app.folder / "scratch").iterdir()) == []


def _image(picture: bytes) -> web.Response:
    return web.Response(body=picture, content_type="image/jpeg")
