"""Supabase, tried on a real S3 at its `host`."""

from typing import Any

import pytest

from robots.base.params import Invalid
from robots.base.robot import Robot
from robots.storage.supabase import SupabaseImportRobot, SupabaseStoreParams, SupabaseStoreRobot
from tests.robots.storage.family import keeps, pages
from tests.robots.workspace import Bench
from tests.seaweed import Seaweed

ACCESS = {"bucket": "pets", "key": "K", "secret": "S"}


async def test_files_and_folders_are_imported(weed: Seaweed, library: str, desk: Bench) -> None:
    # path, recursive, page_number, files_per_page, force_name, return_file_stubs, import_on_errors
    await pages(SupabaseImportRobot.name, weed.access(library), desk)


async def test_a_file_is_stored_with_its_headers_and_signed_urls(weed: Seaweed, bucket: str, desk: Bench) -> None:
    # headers, sign_urls_for
    made, line = await keeps(SupabaseStoreRobot.name, weed.access(bucket), weed, desk, bucket_region="eu-north-1")

    assert made.url == f"{line.origin}/{bucket}/pets/cat.jpg"
    assert "/eu-north-1/s3/" in line.headers("PUT")["Authorization"]
    assert "x-amz-acl" not in line.headers("PUT")


def test_the_url_of_a_public_bucket_is_the_one_that_supabase_serves() -> None:
    params = SupabaseStoreParams.parse({**ACCESS, "host": "abc.supabase.co"})

    url, ssl_url = params.addresses(params.place(), "a b.jpg")

    assert url == ssl_url == "https://abc.supabase.co/storage/v1/object/public/pets/a%20b.jpg"


@pytest.mark.parametrize(
    ("params", "home"),
    [
        ({"host": "abc.supabase.co"}, "https://abc.supabase.co/storage/v1/s3/pets us-east-1"),
        (
            {"host": "https://abc.supabase.co/storage/v1/s3", "bucket_region": "eu-central-1"},
            "https://abc.supabase.co/storage/v1/s3/pets eu-central-1",
        ),
        ({"host": "s3.example.com"}, "https://s3.example.com/pets us-east-1"),
    ],
)
def test_a_bucket_is_found_at_its_host_and_region(params: dict[str, str], home: str) -> None:
    place = SupabaseStoreParams.parse({**ACCESS, **params}).place()

    assert f"{place.home} {place.region}" == home


@pytest.mark.parametrize("robot", [SupabaseImportRobot, SupabaseStoreRobot])
def test_what_template_credentials_hold_need_not_be_in_the_step(robot: type[Robot[Any]]) -> None:
    robot.model.check({"credentials": "mine", "path": "a"}, robot.model.names() - {"path"})


def test_without_a_key_nothing_begins() -> None:
    with pytest.raises(Invalid, match="key: is required"):
        SupabaseStoreParams.parse({"host": "s3.example.com", "bucket": "pets"})
