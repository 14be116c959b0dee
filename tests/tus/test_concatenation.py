"""Concatenation: parts become one upload, in whatever order they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tus.site import LIFETIME, TUS, Journal, Site, running

PARTIAL = {"Upload-Concat": "partial"}


async def part(site: Site, data: bytes, length: int | None = None) -> str:
    url = await site.create(len(data) if length is None else length, **PARTIAL)
    await site.patch(url, 0, data)
    return url


async def final(site: Site, *urls: str, **headers: str) -> tuple[int, str]:
    """The status of an attempt to join, and the URL or the reason."""
    said = {**TUS, "Upload-Concat": "final;" + " ".join(urls), **headers}
    async with site.client.post(site.url, headers=said) as reply:
        return reply.status, reply.headers.get("Location") or await reply.text()


async def test_finished_parts_are_joined_at_once(site: Site, journal: Journal) -> None:
    one, two = await part(site, b"hello "), await part(site, b"world")

    status, url = await final(site, one, "/files/" + two.rsplit("/", 1)[1])
    head = await site.head(url)

    assert status == 201
    assert site.path(url).read_bytes() == b"hello world"
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("11", "11")
    assert head.headers["Upload-Concat"].startswith("final;")
    assert (await site.head(one)).headers["Upload-Concat"] == "partial"
    assert journal.moments == [("create", 0), ("receive", 11), ("finish", 11)]


async def test_a_final_upload_may_be_made_before_its_parts_are_whole(site: Site, journal: Journal) -> None:
    one, two = await part(site, b"hello "), await part(site, b"wo", 5)

    _, url = await final(site, two, one)
    waiting = await site.head(url)
    await site.patch(two, 2, b"rld")

    assert waiting.headers["Upload-Length"] == "11"
    assert "Upload-Offset" not in waiting.headers
    assert site.path(url).read_bytes() == b"worldhello "
    assert journal.moments[-1] == ("finish", 11)


async def test_parts_that_end_after_a_restart_are_joined_too(tmp_path: Path, journal: Journal) -> None:
    async with running(tmp_path, journal) as site:
        one, two = await part(site, b"ab", 3), await part(site, b"de", 3)
        _, url = await final(site, one, two)
        await site.patch(two, 2, b"f")
    async with running(tmp_path, journal) as site:
        await site.patch(site.url + one.rsplit("/", 1)[1], 2, b"c")

        assert site.path(url).read_bytes() == b"abcdef"
        assert journal.moments.count(("finish", 6)) == 1


async def test_what_cannot_be_joined_is_refused_before_anything_is_copied(site: Site) -> None:
    one, plain = await part(site, b"abc"), await site.create(0)
    _, whole = await final(site, one)

    assert (await final(site, one, one))[0] == 400
    assert (await final(site))[0] == 400
    assert (await final(site, plain))[0] == 400
    assert (await final(site, whole))[0] == 400
    assert (await final(site, one + "f"))[0] == 404
    assert (await final(site, "http://[/x"))[0] == 400
    assert (await final(site, one, **{"Upload-Length": "3"}))[0] == 400
    assert (await site.patch(whole, 3, b"")).status == 403


async def test_parts_that_come_to_too_much_are_refused(tmp_path: Path, journal: Journal) -> None:
    async with running(tmp_path, journal, max_size=5) as site:
        parts = [await part(site, b"abc"), await part(site, b"def")]

        assert (await final(site, *parts))[0] == 413


async def test_parts_expire_though_they_are_finished(site: Site) -> None:
    one = await part(site, b"abc")
    _, url = await final(site, one)

    site.time[0] += LIFETIME

    assert (await site.head(one)).status == 410
    assert (await site.head(url)).status == 200


@pytest.mark.parametrize("concat", ["", "part", "final", "Partial"])
async def test_another_word_is_refused(site: Site, concat: str) -> None:
    async with site.client.post(site.url, headers={**TUS, "Upload-Length": "3", "Upload-Concat": concat}) as reply:
        assert reply.status == 400
