"""MinIO, tried on a real S3 at its `host`."""

from typing import Any

import pytest

from robots.base.params import Invalid
from robots.base.robot import Robot
from robots.storage.minio import MinioImportRobot, MinioStoreParams, MinioStoreRobot
from tests.robots.storage.family import keeps, pages
from tests.robots.workspace import Bench
from tests.seaweed import Seaweed

ACCESS = {"bucket": "pets", "key": "K", "secret": "S"}


async def test_files_and_folders_are_imported(weed: Seaweed, library: str, desk: Bench) -> None:
    # path, recursive, page_number, files_per_page, force_name, return_file_stubs, import_on_errors
    await pages(MinioImportRobot.name, weed.access(library), desk)


async def test_a_file_is_stored_with_its_headers_and_signed_urls(weed: Seaweed, bucket: str, desk: Bench) -> None:
    # headers, sign_urls_for
    made, line = await keeps(MinioStoreRobot.name, weed.access(bucket), weed, desk, acl="private")

    assert made.url == f"{line.origin}/{bucket}/pets/cat.jpg"
    assert line.headers("PUT")["x-amz-acl"] == "private"


async def test_who_may_read_it_is_told_too(weed: Seaweed, bucket: str, desk: Bench) -> None:
    _, line = await keeps(MinioStoreRobot.name, weed.access(bucket), weed, desk)

    assert line.headers("PUT")["x-amz-acl"] == "public-read"


@pytest.mark.parametrize(
    ("params", "home"),
    [
        ({"host": "minio.example.com"}, "https://minio.example.com/pets us-east-1"),
        ({"host": "minio.example.com:9000"}, "http://minio.example.com:9000/pets us-east-1"),
        ({"host": "http://minio.example.com"}, "http://minio.example.com/pets us-east-1"),
    ],
)
def test_a_bucket_is_found_at_its_host_and_region(params: dict[str, str], home: str) -> None:
    place = MinioStoreParams.parse({**ACCESS, **params}).place()

    assert f"{place.home} {place.region}" == home


@pytest.mark.parametrize("robot", [MinioImportRobot, MinioStoreRobot])
def test_what_template_credentials_hold_need_not_be_in_the_step(robot: type[Robot[Any]]) -> None:
    robot.model.check({"credentials": "mine", "path": "a"}, robot.model.names() - {"path"})


def test_without_a_key_nothing_begins() -> None:
    with pytest.raises(Invalid, match="key: is required"):
        MinioStoreParams.parse({"host": "s3.example.com", "bucket": "pets"})
