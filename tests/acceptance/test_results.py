"""Files are fetched from the URLs of a status, whole or in parts, and can do no harm in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import samples
from tests.customer import Customer, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEPT = {":original": {"robot": "/upload/handle", "result": True}}
NAME = "Größe & Co? 100%#1.txt"


async def kept(customer: Customer, file: Path) -> Json:
    """A file as a result."""
    over = await customer.completed(await customer.create(KEPT, file))
    result: Json = over["results"][":original"][0]
    return result


async def test_a_file_is_served_whole_and_in_parts(customer: Customer, tmp_path: Path) -> None:
    file = await kept(customer, samples.txt(tmp_path, name=NAME))

    async with customer.http.get(file["ssl_url"]) as whole:
        assert (whole.status, await whole.read()) == (200, b"Hello World\n")
    async with customer.http.get(file["ssl_url"], headers={"Range": "bytes=6-10"}) as part:
        assert (part.status, await part.read()) == (206, b"World")
    async with customer.http.get(file["ssl_url"], headers={"Range": "bytes=99-"}) as beyond:
        assert (beyond.status, beyond.headers["Content-Range"]) == (416, "bytes */12")

    assert file["name"] == NAME
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert part.headers["Content-Range"] == "bytes 6-10/12"
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe" in whole.headers["Content-Disposition"]


async def test_what_was_fetched_need_not_be_fetched_again(customer: Customer, tmp_path: Path) -> None:
    file = await kept(customer, samples.txt(tmp_path))

    async with customer.http.head(file["ssl_url"]) as head:
        assert (head.status, head.headers["Content-Length"], await head.read()) == (200, "12", b"")
    async with customer.http.get(file["ssl_url"], headers={"If-None-Match": head.headers["ETag"]}) as again:
        assert (again.status, await again.read()) == (304, b"")

    assert head.headers["ETag"] == f'"{file["md5hash"]}"'


async def test_what_a_browser_would_run_is_downloaded_instead(customer: Customer, tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    page = await kept(customer, samples.txt(tmp_path, f"<!doctype html><title>x</title>{script}", name="page.html"))
    drawing = await kept(customer, samples.svg(tmp_path, body=script))
    photo = await kept(customer, samples.jpeg(tmp_path))

    ways = {}
    for file in (page, drawing, photo):
        async with customer.http.get(file["ssl_url"]) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            ways[file["ext"]] = response.headers["Content-Disposition"].partition(";")[0]

    assert ways == {"html": "attachment", "svg": "attachment", "jpg": "inline"}


async def test_a_url_with_another_id_leads_nowhere(customer: Customer, tmp_path: Path) -> None:
    file = await kept(customer, samples.txt(tmp_path))

    for url in (file["url"].replace(file["id"], "0" * 32), file["url"].replace(file["id"], "..%2F..%2Fkeys")):
        async with customer.http.get(url) as response:
            assert (response.status, (await response.json())["error"]) == (404, "SERVER_404")


@pytest.mark.case(80, 115)
async def test_what_the_server_writes_is_for_its_own_user_only(customer: Customer, tmp_path: Path) -> None:
    await kept(customer, samples.txt(tmp_path))

    open_to_others = [path for path in customer.server.data.rglob("*") if path.lstat().st_mode & 0o077]

    assert open_to_others == []
