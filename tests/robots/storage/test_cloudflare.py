"""Cloudflare R2, tried on a real S3 at its `host`."""

from typing import Any

import pytest

from robots.base.params import Invalid
from robots.base.robot import Robot
from robots.storage.cloudflare import CloudflareImportRobot, CloudflareStoreParams, CloudflareStoreRobot
from tests.robots.storage.family import keeps, pages
from tests.robots.workspace import Bench
from tests.seaweed import Seaweed

ACCESS = {"bucket": "pets", "key": "K", "secret": "S"}


async def test_files_and_folders_are_imported(weed: Seaweed, library: str, desk: Bench) -> None:
    # path, recursive, page_number, files_per_page, force_name, return_file_stubs, import_on_errors
    await pages(CloudflareImportRobot.name, weed.access(library), desk)


async def test_a_file_is_stored_with_its_headers_and_signed_urls(weed: Seaweed, bucket: str, desk: Bench) -> None:
    # headers, sign_urls_for
    made, line = await keeps(CloudflareStoreRobot.name, weed.access(bucket), weed, desk)

    assert made.url == f"{line.origin}/{bucket}/pets/cat.jpg"
    assert "x-amz-acl" not in line.headers("PUT")


async def test_its_urls_begin_with_the_public_host_of_the_bucket(weed: Seaweed, bucket: str, desk: Bench) -> None:
    made, _ = await keeps(
        CloudflareStoreRobot.name, weed.access(bucket), weed, desk, url_prefix="http://cdn.example.com"
    )

    assert made.url == "http://cdn.example.com/pets/cat.jpg"
    assert made.ssl_url == "https://cdn.example.com/pets/cat.jpg"


@pytest.mark.parametrize(
    ("params", "home"),
    [
        ({"host": "1a2b.r2.cloudflarestorage.com"}, "https://1a2b.r2.cloudflarestorage.com/pets auto"),
        ({"host": "https://1a2b.r2.cloudflarestorage.com/"}, "https://1a2b.r2.cloudflarestorage.com/pets auto"),
    ],
)
def test_a_bucket_is_found_at_its_host_and_region(params: dict[str, str], home: str) -> None:
    place = CloudflareStoreParams.parse({**ACCESS, **params}).place()

    assert f"{place.home} {place.region}" == home


@pytest.mark.parametrize("robot", [CloudflareImportRobot, CloudflareStoreRobot])
def test_what_template_credentials_hold_need_not_be_in_the_step(robot: type[Robot[Any]]) -> None:
    robot.model.check({"credentials": "mine", "path": "a"}, robot.model.names() - {"path"})


def test_without_a_key_nothing_begins() -> None:
    with pytest.raises(Invalid, match="key: is required"):
        CloudflareStoreParams.parse({"host": "s3.example.com", "bucket": "pets"})
