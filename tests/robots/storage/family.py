"""What every provider of the S3 family can do, tried on a real S3 by the test of each."""

from __future__ import annotations

from typing import Any

from robots.base.catalog import Catalog
from robots.base.file import File
from tests.relay import Relay, relay
from tests.robots.workspace import Bench, file_at, run
from tests.seaweed import Seaweed

CONTENT = b"a picture of a cat"


def picture(desk: Bench) -> File:
    path = desk.folder / "cat.jpg"
    path.write_bytes(CONTENT)
    return file_at(path, mime="image/jpeg")


async def stores(name: str, access: dict[str, Any], desk: Bench, **params: Any) -> tuple[File, Relay]:
    """The file as it was stored, and what was said on the way; `host` is that of the relay."""
    async with relay(access["host"]) as line:
        given = {**access, "host": line.origin, "path": "pets/cat.jpg", **params}
        (made,) = await run(Catalog().get(name), given, [picture(desk)], desk)
    return made, line


async def imports(name: str, access: dict[str, Any], desk: Bench, **params: Any) -> list[str]:
    """The names of the files that come; each holds its key, as those of the library do."""
    files = await run(Catalog().get(name), {**access, **params}, [], desk)
    for file in files:
        if file.path:
            assert file.path.read_text("utf-8").startswith(file.original_path[1:])
    return sorted(file.name for file in files)


async def pages(name: str, access: dict[str, Any], desk: Bench) -> None:
    """Folders, names, pages and stubs of the library, which has five files."""
    assert await imports(name, access, desk, path="docs/") == ["a.txt", "b ü.txt"]
    assert await imports(name, access, desk, path="docs/a.txt", import_on_errors=["meta"]) == ["a.txt"]
    assert await imports(name, access, desk, path="top.txt", return_file_stubs=True, force_name="x") == ["x"]
    paged = {"path": "/", "recursive": True, "page_number": 2, "files_per_page": 3}
    assert await imports(name, access, desk, **paged) == ["d.txt", "top.txt"]


async def keeps(name: str, access: dict[str, Any], weed: Seaweed, desk: Bench, **params: Any) -> tuple[File, Relay]:
    """The bytes, the media type and the headers of a stored file are there, and its signed URL is told."""
    headers = {"Cache-Control": "max-age=60", "Content-Type": "image/pjpeg"}
    made, line = await stores(name, access, desk, headers=headers, sign_urls_for=60, **params)

    bucket = access["bucket"]
    assert weed.content(bucket, "pets/cat.jpg") == CONTENT
    about = weed.about(bucket, "pets/cat.jpg")
    assert (about["mime"], about["cache-control"]) == ("image/pjpeg", "max-age=60")
    assert "X-Amz-Expires=60" in (made.signed_ssl_url or "")
    return made, line
