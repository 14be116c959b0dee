"""The examples of the API's documentation, word for word but for their exports, on real files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests import samples
from tests.customer import Customer, Json
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parent
SHAPES = {
    "moment": re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d GMT"),
    "id": re.compile(r"[0-9a-f]{32}"),
    "code": re.compile(r"[A-Z]+(_[A-Z]+)+"),
    "color": re.compile(r"#[0-9a-f]{6}"),
    "ratio": re.compile(r"\d+\.\d{3}"),
    "folder": re.compile(r"https?://[^?]+/|/"),
    "address": re.compile(r"https?://\S+"),
    "object": re.compile(r"\{.*\}"),
}
FRACTIONS = {"execution_duration", "jobs_queue_duration", "queue_duration", "upload_duration", "queueTime", "execTime"}
OF_VIDEOS = "width height framerate video_bitrate video_codec audio_bitrate audio_samplerate audio_channels audio_codec"


def example(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def steps_of(name: str) -> Json:
    """The steps of an example without the one that needs an account at a storage service."""
    steps: Json = example(name)["steps"]
    return {step: told for step, told in steps.items() if told["robot"] != "/s3/store"}


def shape(key: str, value: Any) -> str:
    """What kind of value this is; whole numbers are not fractions, an id is not just any text."""
    if isinstance(value, str):
        return next((name for name, pattern in SHAPES.items() if pattern.fullmatch(value)), "text")
    if key in FRACTIONS and isinstance(value, int | float):
        return "fraction"
    return type(value).__name__


def unlike(told: Json, wanted: Json) -> list[str]:
    """The keys of the example that are missing or hold another kind of value; its null says nothing of the kind."""
    return [
        f"{key}: {told.get(key, 'is missing')!r} is not like {value!r}"
        for key, value in wanted.items()
        if key not in told or (value is not None and shape(key, told[key]) != shape(key, value))
    ]


async def test_a_video_is_encoded_while_thumbnails_are_taken(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(steps_of("seed_video.json"))

    await customer.upload(status, samples.mp4(tmp_path))

    over = await customer.completed(status)
    (encoded,), thumbs = over["results"]["encoded"], over["results"]["thumbed"]
    assert (encoded["meta"]["width"], encoded["meta"]["height"], encoded["meta"]["video_codec"]) == (1024, 768, "h264")
    assert set(OF_VIDEOS.split()) <= encoded["meta"].keys()
    assert (await customer.fetch(encoded))[4:8] == b"ftyp"
    assert sorted(thumb["meta"]["thumb_index"] for thumb in thumbs) == [0, 1, 2, 3]
    assert len({thumb["meta"]["thumb_offset"] for thumb in thumbs}) == 4
    assert {thumb["original_id"] for thumb in [encoded, *thumbs]} == {over["uploads"][0]["id"]}
    assert over["started_jobs"] == [":original:::original", "encoded:::original", "thumbed:::original"]


async def test_an_imported_picture_is_cut_to_a_square(customer: Customer, tmp_path: Path) -> None:
    face = samples.jpeg(tmp_path, 400, 300)

    async def serve(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(face)

    steps = steps_of("seed_import.json")
    async with site(serve) as origin:
        steps["imported"]["url"] = f"{origin}/assets/images/face.jpg"
        over = await customer.completed(await customer.create(steps))

    assert list(over["results"]) == ["resized"]
    (resized,) = over["results"]["resized"]
    assert (resized["name"], resized["mime"], resized["original_name"]) == ("face.jpg", "image/jpeg", "face.jpg")
    assert (resized["meta"]["width"], resized["meta"]["height"]) == (100, 100)
    assert (over["uploads"], over["num_input_files"]) == ([], 1)


async def test_two_sizes_of_several_photos_are_told_apart_by_their_originals(
    customer: Customer, tmp_path: Path
) -> None:
    photos = [samples.jpeg(tmp_path, name=f"{number}.jpg") for number in range(3)]

    over = await customer.completed(await customer.create(steps_of("seed_two_sizes.json"), *photos))

    originals = {upload["id"] for upload in over["uploads"]}
    assert len(originals) == 3
    for step, width in (("high", 500), ("low", 200)):
        assert {result["original_id"] for result in over["results"][step]} == originals
        assert {max(result["meta"]["width"], result["meta"]["height"]) for result in over["results"][step]} == {width}


async def test_a_status_has_every_key_of_the_example_with_its_type(customer: Customer, tmp_path: Path) -> None:
    steps = {
        ":original": {"robot": "/upload/handle", "result": True},
        "faces_detected": {"robot": "/image/resize", "use": ":original", "width": 62, "height": 84},
    }
    wanted = example("seed_status.json")
    status = await customer.announce(steps, headers={"Transloadit-Client": "node-sdk:2.0.8"})
    await customer.upload(status, samples.jpeg(tmp_path, name="joe-gardner-149699.jpg"))

    over = await customer.completed(status)

    assert unlike(over, wanted) == []
    assert unlike(over["uploads"][0], wanted["uploads"][0]) == []
    assert unlike(over["uploads"][0]["meta"], wanted["uploads"][0]["meta"]) == []
    assert over["results"].keys() == wanted["results"].keys()
    for step, (entry,) in wanted["results"].items():
        meta = {key: value for key, value in entry["meta"].items() if key not in ("faces", "date_file_created")}
        assert unlike(over["results"][step][0], entry) == []
        assert unlike(over["results"][step][0]["meta"], meta) == []


async def test_what_the_example_keeps_the_same_is_the_same(customer: Customer, tmp_path: Path) -> None:
    steps = {":original": {"robot": "/upload/handle", "result": True}}
    status = await customer.announce(steps)
    await customer.upload(status, samples.jpeg(tmp_path))

    over = await customer.completed(status)

    upload, (original,) = over["uploads"][0], over["results"][":original"]
    differs = {key for key in upload if upload[key] != original[key]}
    assert differs == {"is_tus_file", "tus_upload_url"}
    assert json.loads(over["params"]) == {"auth": {"key": "****"}, "steps": steps}
    assert over["bytes_received"] == over["bytes_expected"] == upload["size"]
