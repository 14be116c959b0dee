"""MEGA, tried on a real S3 at its `host`."""

from typing import Any

import pytest

from robots.base.errors import RobotError
from robots.base.params import Invalid
from robots.base.robot import Robot
from robots.storage.mega import MegaImportRobot, MegaStoreParams, MegaStoreRobot
from tests.relay import Trouble, refuses, relay
from tests.robots.storage.family import keeps, pages, picture
from tests.robots.workspace import Bench, run
from tests.seaweed import Seaweed

ACCESS = {"bucket": "pets", "key": "K", "secret": "S"}


async def test_files_and_folders_are_imported(weed: Seaweed, library: str, desk: Bench) -> None:
    # path, recursive, page_number, files_per_page, force_name, return_file_stubs, import_on_errors
    await pages(MegaImportRobot.name, weed.access(library), desk)


async def test_a_file_is_stored_with_its_headers_and_signed_urls(weed: Seaweed, bucket: str, desk: Bench) -> None:
    # headers, sign_urls_for
    made, line = await keeps(MegaStoreRobot.name, weed.access(bucket), weed, desk, acl="private", bucket_region="g")

    assert made.url == f"{line.origin}/{bucket}/pets/cat.jpg"
    assert "/g/s3/" in line.headers("PUT")["Authorization"]
    assert line.headers("PUT")["x-amz-acl"] == "private"


async def test_who_may_read_it_is_told_too(weed: Seaweed, bucket: str, desk: Bench) -> None:
    _, line = await keeps(MegaStoreRobot.name, weed.access(bucket), weed, desk)

    assert line.headers("PUT")["x-amz-acl"] == "public-read"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (refuses(404, "NoSuchBucket"), "MEGA_STORE_NOT_FOUND"),
        (refuses(403, "ExpiredToken"), "MEGA_STORE_ACCESS_DENIED"),
        (refuses(400, "BadRequest"), "WORKER_JOB_ERROR"),
    ],
)
async def test_a_failure_has_a_code_that_clients_know(
    weed: Seaweed, bucket: str, desk: Bench, trouble: Trouble, code: str
) -> None:
    async with relay(weed.origin) as line:
        line.trouble("PUT", trouble)
        given = {**weed.access(bucket), "host": line.origin, "path": "cat.jpg"}
        with pytest.raises(RobotError, match="the storage answered 4") as failure:
            await run(MegaStoreRobot, given, [picture(desk)], desk)

    assert failure.value.code == code


@pytest.mark.parametrize(
    ("params", "home"),
    [
        ({}, "https://s3.eu-central-1.s4.mega.io/pets eu-central-1"),
        ({"bucket_region": "ca-central-1"}, "https://s3.ca-central-1.s4.mega.io/pets ca-central-1"),
        ({"host": "s3.example.com"}, "https://s3.example.com/pets eu-central-1"),
    ],
)
def test_a_bucket_is_found_at_its_host_and_region(params: dict[str, str], home: str) -> None:
    place = MegaStoreParams.parse({**ACCESS, **params}).place()

    assert f"{place.home} {place.region}" == home


@pytest.mark.parametrize("robot", [MegaImportRobot, MegaStoreRobot])
def test_what_template_credentials_hold_need_not_be_in_the_step(robot: type[Robot[Any]]) -> None:
    robot.model.check({"credentials": "mine", "path": "a"}, robot.model.names() - {"path"})


def test_without_a_key_nothing_begins() -> None:
    with pytest.raises(Invalid, match="key: is required"):
        MegaStoreParams.parse({"host": "s3.example.com", "bucket": "pets"})
