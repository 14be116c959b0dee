"""What Assemblies do with files, from the outside: when steps run, what they are told, and how all of it ends."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from aiohttp import web

from tests import samples
from tests.customer import Customer
from tests.processes import programs_under
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}


async def test_a_file_is_worked_on_while_others_are_still_uploaded(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(HASHED, 2)
    await customer.upload(status, samples.txt(tmp_path, name="one.txt"))

    early = await customer.until(status, lambda now: now["results"])
    await customer.upload(status, samples.txt(tmp_path, name="two.txt"))

    over = await customer.completed(status)
    assert (early["ok"], early["finished_tus_uploads"]) == ("ASSEMBLY_UPLOADING", 1)
    assert [file["name"] for file in over["results"]["hashed"]] == ["one.txt", "two.txt"]


async def test_an_upload_too_many_is_ignored_with_a_notice(customer: Customer, tmp_path: Path) -> None:
    asked_for = asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        await asked_for.wait()
        return web.Response(text="imported")

    async with site(slow) as origin:
        steps = {**HASHED, "imported": {"robot": "/http/import", "url": f"{origin}/slow.txt"}}
        status = await customer.announce(steps)
        await customer.upload(status, samples.txt(tmp_path))
        await customer.upload(status, samples.txt(tmp_path, "extra", name="extra.txt"))
        asked_for.set()
        over = await customer.completed(status)

    assert [file["name"] for file in over["uploads"]] == ["note.txt"]
    assert [file["name"] for file in over["results"]["hashed"]] == ["note.txt"]
    assert [(told["level"], "extra.txt" in told["msg"]) for told in over["warnings"]] == [("notice", True)]


async def test_canceling_ends_the_encoder_within_a_second(customer: Customer, tmp_path: Path) -> None:
    steps = {"encoded": {"robot": "/video/encode", "use": ":original", "preset": "ipad-high"}}
    status = await customer.create(steps, samples.mp4(tmp_path, seconds=20, fps=25, audio=False))
    running = await customer.until(status, lambda _: programs_under(customer.server.process.pid, "ffmpeg"))

    before = time.monotonic()
    canceled = await customer.cancel(status)
    over = await customer.until(status, lambda _: not programs_under(customer.server.process.pid, "ffmpeg"))

    assert time.monotonic() - before < 1
    assert running["running_jobs"] == ["encoded:::original"]
    assert (canceled["ok"], over["ok"], over["running_jobs"]) == ("ASSEMBLY_CANCELED", "ASSEMBLY_CANCELED", [])
    await customer.until(status, lambda _: not any((customer.server.data / "scratch").iterdir()))


async def test_canceling_what_is_over_changes_nothing(customer: Customer, tmp_path: Path) -> None:
    done = await customer.completed(await customer.create(HASHED, samples.txt(tmp_path)))

    answered = await customer.cancel(done)

    assert answered["ok"] == "ASSEMBLY_CANCELED"
    assert await customer.status(done) == done


async def test_parameters_are_filled_in_from_files_fields_and_expressions(customer: Customer, tmp_path: Path) -> None:
    resized = {
        "robot": "/image/resize",
        "use": ":original",
        "width": "${Math.round(file.meta.width / 8)}",
        "height": "${fields.height}",
        "resize_strategy": "fillcrop",
    }

    over = await customer.completed(
        await customer.create({"resized": resized}, samples.png(tmp_path, 400, 300), form={"height": "33"})
    )

    meta = over["results"]["resized"][0]["meta"]
    assert (meta["width"], meta["height"]) == (50, 33)


async def test_filters_send_files_down_different_branches(customer: Customer, tmp_path: Path) -> None:
    steps = {
        "images": {"robot": "/file/filter", "use": ":original", "accepts": [["${file.mime}", "regex", "^image/"]]},
        "others": {"robot": "/file/filter", "use": ":original", "declines": [["${file.mime}", "regex", "^image/"]]},
        "small": {"robot": "/image/resize", "use": "images", "width": 40},
        "hashed": {"robot": "/file/hash", "use": ["others", "small"]},
    }

    over = await customer.completed(await customer.create(steps, samples.png(tmp_path), samples.txt(tmp_path)))

    assert list(over["results"]) == ["hashed"]
    assert {file["name"]: file["meta"].get("width") for file in over["results"]["hashed"]} == {
        "picture.png": 40,
        "note.txt": None,
    }
    assert {"hashed::others", "hashed::small"} <= set(over["started_jobs"])


async def test_a_failed_step_ends_the_assembly_and_results_stay(customer: Customer, tmp_path: Path) -> None:
    steps = {
        "hashed": {"robot": "/file/hash", "use": ":original", "result": True},
        "declined": {"robot": "/file/filter", "use": "hashed", "accepts": [], "error_on_decline": True},
        "after": {"robot": "/file/hash", "use": "declined"},
    }

    over = await customer.ended(await customer.create(steps, samples.txt(tmp_path)))

    assert (over["error"], over["step"], over["previousStep"]) == ("FILE_FILTER_DECLINED_FILE", "declined", "hashed")
    assert (over["http_code"], "ok" in over) == (200, False)
    assert list(over["results"]) == ["hashed"]


async def nothing(_: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


async def test_errors_that_are_ignored_are_listed(customer: Customer, tmp_path: Path) -> None:
    damaged = samples.jpeg(tmp_path)
    damaged.write_bytes(damaged.read_bytes()[:300])

    async with site(nothing) as origin:
        steps = {
            ":original": {"robot": "/upload/handle", "ignore_errors": ["meta"]},
            "imported": {"robot": "/http/import", "url": f"{origin}/face.jpg", "ignore_errors": ["import"]},
            "hashed": {"robot": "/file/hash", "use": [":original", "imported"], "ignore_errors": True},
            "resized": {"robot": "/image/resize", "use": ":original", "width": 40, "ignore_errors": ["execute"]},
        }
        over = await customer.completed(await customer.create(steps, damaged))

    assert {(ignored["step"], ignored["phase"], ignored["error"]) for ignored in over["ignored_errors"]} == {
        (":original", "meta", "FILE_META_DATA_ERROR"),
        ("imported", "import", "HTTP_IMPORT_NOT_FOUND"),
        ("resized", "execute", "IMAGE_RESIZE_ERROR"),
    }
    assert over["ignored_error_count"] == len(over["ignored_errors"])
    assert (over["uploads"][0]["type"], over["uploads"][0]["meta"].get("width")) == ("image", None)
    assert list(over["results"]) == ["hashed"]


async def test_an_import_that_is_not_there_ends_the_assembly(customer: Customer) -> None:
    async with site(nothing) as origin:
        steps = {"imported": {"robot": "/http/import", "url": f"{origin}/face.jpg"}}
        over = await customer.ended(await customer.create(steps))

    assert (over["error"], over["step"]) == ("HTTP_IMPORT_NOT_FOUND", "imported")
