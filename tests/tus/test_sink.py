"""A connection is taken from aiohttp only where aiohttp is built as known; else bodies come the common way."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.http import HttpRequestParser

from tests.tus.site import Site
from tus import sink

SIZE = 1_000_000  # worth a sink
DATA = random.Random(7).randbytes(SIZE)
QUICK = 0.05  # seconds
TRIES = 5


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many bytes each sink was to take; and nobody remembers which aiohttp is known."""
    sizes: list[int] = []
    fill = sink.Sink.fill

    async def noted(self: sink.Sink, *how: Any) -> None:
        sizes.append(self.left)
        await fill(self, *how)

    monkeypatch.setattr(sink.Sink, "fill", noted)
    sink._known.cache_clear()
    yield sizes
    sink._known.cache_clear()


class OtherParser(HttpRequestParser):
    """Does not take what ours gives it."""

    def __init__(self, protocol: Any) -> None:
        raise TypeError


async def upload(site: Site) -> None:
    url = await site.create(SIZE)
    assert (await site.patch(url, 0, DATA)).status == 204
    assert site.path(url).read_bytes() == DATA


async def test_the_installed_aiohttp_is_known(site: Site, filled: list[int]) -> None:
    await upload(site)

    assert sink._known()
    assert len(filled) == 1


@pytest.mark.parametrize(
    ("name", "other"), [("PRIVATE", (*sink.PRIVATE, "_nobody_has_this")), ("HttpRequestParser", OtherParser)]
)
async def test_the_connections_of_another_aiohttp_are_left_alone(
    site: Site, filled: list[int], monkeypatch: pytest.MonkeyPatch, name: str, other: Any
) -> None:
    monkeypatch.setattr(sink, name, other)

    await upload(site)

    assert not sink._known()
    assert filled == []


@pytest.mark.parametrize("newcomer", ["HEAD", "PATCH"])
async def test_a_newcomer_waits_less_than_50_ms_for_a_hung_request(site: Site, newcomer: str) -> None:
    times = []
    for _ in range(TRIES):
        url = await site.create(SIZE)
        _, writer = await site.begin(url, DATA[:400], SIZE)
        await site.kept(url, 400)
        begun = time.perf_counter()
        reply = await (site.head(url) if newcomer == "HEAD" else site.patch(url, 400, b"x"))
        times.append(time.perf_counter() - begun)
        writer.close()
        assert reply.status < 300

    assert min(times) < QUICK, times  # the quickest, for other programs want the processor too
