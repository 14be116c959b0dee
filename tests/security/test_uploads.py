"""Uploads by those who mean to fill the disk or to reach what is not theirs."""

from __future__ import annotations

import asyncio
import resource
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.inside import inside
from tests.security.attacker import Attacker, Json, instructions

pytestmark = pytest.mark.asyncio(loop_scope="module")

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
MOST = 30


@pytest_asyncio.fixture(loop_scope="module")
async def bounded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacker]:
    folder = tmp_path_factory.mktemp("bounded") / "data"
    limits = {"max_unfinished_uploads": MOST, "max_assembly_files": 40}
    async with inside(folder, **limits) as app, ClientSession() as http:
        yield Attacker(app, http)


async def created(
    attacker: Attacker, status: Json, length: int = 10, headers: Mapping[str, str] = {}
) -> tuple[int, Mapping[str, str], str]:
    """Status, headers and text of the answer to a new upload."""
    metadata = {"Upload-Metadata": "assembly_url " + b64encode(status["assembly_ssl_url"].encode()).decode()}
    sent = {**TUS, "Upload-Length": str(length), **metadata, **headers}
    async with attacker.ask("POST", "/resumable/files/", headers=sent) as reply:
        return reply.status, reply.headers, await reply.text()


@pytest.mark.case(40)
@pytest.mark.parametrize("kind", [{}, {"Upload-Concat": "partial"}])
async def test_an_account_begins_only_so_many_uploads_and_more_when_some_are_over(
    bounded: Attacker, kind: dict[str, str]
) -> None:
    status = await bounded.waiting()

    answers = [await created(bounded, status, headers=kind) for _ in range(MOST + 5)]
    refused = answers[-1]
    path = answers[0][1]["Location"].removeprefix(bounded.origin)
    async with bounded.ask("PATCH" if not kind else "DELETE", path, headers=BYTES, data=b"x" * 10) as reply:
        ended = reply.status

    assert Counter(answer[0] for answer in answers) == {201: MOST, 429: 5}
    assert "RATE_LIMIT_REACHED" in refused[2]
    assert int(refused[1]["Retry-After"]) > 0
    assert refused[1]["Access-Control-Allow-Origin"] == "*"
    assert ended == 204
    if not kind:
        assert (await created(bounded, status))[0] == 201
    assert len(list((bounded.app.folder / "uploads").iterdir())) <= MOST + 1


@pytest.mark.case(40)
async def test_what_was_begun_before_a_restart_still_counts(tmp_path: Path) -> None:
    for known in (0, MOST):
        async with inside(tmp_path / "data", max_unfinished_uploads=MOST) as app, ClientSession() as http:
            attacker = Attacker(app, http)
            status = await attacker.waiting()
            answers = [(await created(attacker, status))[0] for _ in range(MOST - known + 1)]

        assert answers == [201] * (MOST - known) + [429]


@pytest.mark.case(40)
async def test_two_thousand_uploads_without_a_byte_take_little_memory_and_hold_nobody_up(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", fsync=False) as app, ClientSession() as http:
        attacker = Attacker(app, http)
        status = await attacker.waiting()
        await created(attacker, status)
        before, spent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
        for _ in range(10):
            begun = time.process_time()
            answers = await asyncio.gather(*(created(attacker, status) for _ in range(200)))
            spent.append(time.process_time() - begun)
            assert {answer[0] for answer in answers} == {201}
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert grown < 50_000, f"{grown} kB for what never came"
    assert min(spent[-3:]) < 3 * min(spent[:3]), f"the more there are, the longer each takes: {spent}"


@pytest.mark.case(40)
async def test_an_assembly_takes_only_so_many_empty_files(bounded: Attacker) -> None:
    _, told = await bounded.create(instructions(), num_expected_upload_files="1000000")

    answers = [(await created(bounded, told, length=0))[0] for _ in range(50)]
    async with bounded.ask("GET", f"/assemblies/{told['assembly_id']}") as reply:
        over = await reply.json()

    assert answers.count(201) <= 41
    assert over["error"] == "ASSEMBLY_SATURATED"


@pytest.mark.case(41)
async def test_five_terabytes_are_refused_and_nothing_is_kept_free_for_what_is_only_said(bounded: Attacker) -> None:
    status = await bounded.waiting()

    assert (await created(bounded, status, length=5 * 10**12))[0] == 413
    assert (await created(bounded, status, length=10**9))[0] == 201
    on_disk = [path.stat().st_blocks for path in (bounded.app.folder / "uploads").iterdir()]
    assert sum(on_disk) * 512 < 100_000


@pytest.mark.case(42)
async def test_who_has_the_url_of_an_upload_may_end_it_and_nobody_else(bounded: Attacker) -> None:
    status = await bounded.waiting()
    location = (await created(bounded, status))[1]["Location"].removeprefix(bounded.origin)
    other = location[:-4] + ("0000" if location[-4:] != "0000" else "1111")
    override = {**TUS, "X-HTTP-Method-Override": "DELETE"}

    async with bounded.ask("POST", other, headers=override) as guessed:
        assert guessed.status == 404
    async with bounded.ask("HEAD", location, headers=TUS) as still:
        assert still.status == 200
    async with bounded.ask("POST", location, headers=override) as ended:
        assert ended.status == 204
    async with bounded.ask("HEAD", location, headers=TUS) as gone:
        assert gone.status == 404


@pytest.mark.case(43)
@pytest.mark.parametrize("number", range(6))
async def test_an_upload_that_ends_while_its_assembly_is_cancelled_leaves_no_bytes(
    bounded: Attacker, number: int
) -> None:
    status = await bounded.waiting()
    location = (await created(bounded, status))[1]["Location"].removeprefix(bounded.origin)

    async def send() -> int:
        async with bounded.ask("PATCH", location, headers=BYTES, data=b"x" * 10) as reply:
            return reply.status

    async def cancel() -> int:
        for _ in range(number):
            await asyncio.sleep(0)
        async with bounded.ask("DELETE", f"/assemblies/{status['assembly_id']}") as reply:
            return reply.status

    sent, cancelled = await asyncio.gather(send(), cancel())
    async with bounded.ask("PATCH", location, headers=BYTES, data=b"x" * 10) as late:
        assert late.status in (403, 404, 409, 410, 423)
    async with bounded.ask("GET", f"/assemblies/{status['assembly_id']}") as reply:
        over = await reply.json()

    assert cancelled == 200
    assert sent in (204, 400, 404, 410, 423)
    assert over["ok"] in ("ASSEMBLY_CANCELED", "ASSEMBLY_COMPLETED")
    left = list((bounded.app.folder / "uploads").glob(f"{status['assembly_id']}*"))
    assert not left or over["uploads"]  # what was taken in before goes with the other files of the Assembly
