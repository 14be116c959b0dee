"""DigitalOcean Spaces, tried on a real S3 at the address of a region."""

from __future__ import annotations

import pytest

from robots.base.params import Invalid
from robots.storage import digitalocean
from robots.storage.digitalocean import DigitaloceanImportRobot, DigitaloceanStoreParams, DigitaloceanStoreRobot
from tests.relay import relay
from tests.robots.storage.family import CONTENT, pages, picture
from tests.robots.workspace import Bench, run
from tests.seaweed import KEY, SECRET, Seaweed

ACCESS = {"space": "pets", "region": "nyc3", "key": "K", "secret": "S"}


async def test_files_and_folders_are_imported(
    weed: Seaweed, library: str, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digitalocean, "ADDRESS", weed.origin)
    access = {"space": library, "region": "nyc3", "key": KEY, "secret": SECRET}

    # path, recursive, page_number, files_per_page, force_name, return_file_stubs, import_on_errors
    await pages(DigitaloceanImportRobot.name, access, desk)


@pytest.mark.parametrize("acl", ["private", "public-read", None])
async def test_a_file_is_stored_with_its_headers_and_a_signed_url(
    weed: Seaweed, bucket: str, desk: Bench, monkeypatch: pytest.MonkeyPatch, acl: str | None
) -> None:
    access = {"space": bucket, "region": "nyc3", "key": KEY, "secret": SECRET}
    wishes = {"path": "pets/cat.jpg", "headers": {"Cache-Control": "no-store"}, "sign_urls_for": 60}
    async with relay(weed.origin) as line:
        monkeypatch.setattr(digitalocean, "ADDRESS", line.origin)
        params = {**access, **wishes, **({"acl": acl} if acl else {})}
        (made,) = await run(DigitaloceanStoreRobot, params, [picture(desk)], desk)

    assert weed.content(bucket, "pets/cat.jpg") == CONTENT
    assert weed.about(bucket, "pets/cat.jpg")["cache-control"] == "no-store"
    assert line.headers("PUT")["x-amz-acl"] == (acl or "public-read")
    assert "/nyc3/s3/" in line.headers("PUT")["Authorization"]
    assert made.ssl_url == f"https://{bucket}.nyc3.digitaloceanspaces.com/pets/cat.jpg"
    assert made.signed_ssl_url is not None
    assert "X-Amz-Expires=60" in made.signed_ssl_url


def test_urls_may_be_those_of_a_cdn() -> None:
    params = DigitaloceanStoreParams.parse({**ACCESS, "url_prefix": "https://{space}.example.com/{region}"})

    assert params.addresses(params.place(), "a.jpg") == ("https://pets.example.com/nyc3/a.jpg",) * 2
    assert params.place().home == "https://pets.nyc3.digitaloceanspaces.com"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"space": "a/b"}, "space"),
        ({"region": "evil.com/"}, "region"),
        ({"url_prefix": "data:x"}, "url_prefix"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        DigitaloceanStoreParams.parse({**ACCESS, **wrong})


def test_what_template_credentials_hold_need_not_be_in_the_step() -> None:
    DigitaloceanStoreParams.check({"credentials": "mine"}, DigitaloceanStoreParams.names())
