"""Positive controls: the same bad files through the bare tools show that the attacks live, or what withstands them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import samples
from tests.badfiles.catalogue import CATALOGUE, named
from tests.badfiles.flat import STARTED, WROTE
from tests.security.bare import SECONDS, Ending, bare, browsing, grown, office, opening
from tests.security.controls import CONTROLS, Seen, endless, exhausted, refused
from tests.security.trap import Trap, trap

QUICK = [kind for kind, control in CONTROLS.items() if control.tool not in ("soffice", "chromium")]
OFFICE = [kind for kind, control in CONTROLS.items() if control.tool == "soffice" and control.sign is not exhausted]
ENOUGH = 5  # seconds of a processor for a tool that shall come to its end
PATIENCE = 1.0  # seconds in which a tool that does not wait for ever would have ended
GIB = 1 << 30


def test_each_kind_of_bad_file_has_its_control_and_each_refusal_its_reason() -> None:
    kinds = {entry.bad.kind: entry.kind for entry in CATALOGUE}

    assert CONTROLS.keys() == kinds.keys()
    for kind, control in CONTROLS.items():
        assert control.entry.bad.kind == kind
        assert bool(control.entry.kind.immune) == (control.sign is None), f"{kind} is refused with a reason, or lives"


@pytest.mark.case(59, 60, 61, 62, 63, 64, 65, 66, 69, 70, 71, 72, 73, 74, 77, 78)
@pytest.mark.parametrize("kind", QUICK)
async def test_on_a_bare_tool_the_attack_lives_or_the_tool_refuses_it(kind: str, tmp_path: Path) -> None:
    control = CONTROLS[kind]
    async with trap(tmp_path / "canary") as laid:
        path = control.entry.write(tmp_path, laid.canary)

        patience = PATIENCE if control.sign is endless else 30
        seconds = SECONDS if control.sign in (endless, exhausted) else ENOUGH
        ending = await bare(control.tool, path, kind, patience, seconds)

        assert control.holds(Seen(path, ending, laid)), f"{ending.code} {ending.printed[-300:]!r}"


@pytest.mark.case(59)
@pytest.mark.parametrize(
    "name",
    [
        *("hls-segment-http.m3u8", "hls-key.m3u8", "ffconcat-http.mp4"),
        *(entry.name for entry in CATALOGUE if entry.family == "playlists" and entry.kind.immune),
    ],
)
async def test_ffmpeg_reaches_what_a_playlist_names_unless_the_catalogue_says_why_not(
    name: str, tmp_path: Path
) -> None:
    entry = named(name)
    async with trap(tmp_path / "canary") as laid:
        path = entry.write(tmp_path, laid.canary)

        seen = Seen(path, await bare("ffmpeg", path, entry.bad.kind), laid)

        assert refused(seen) if entry.kind.immune else seen.reached


@pytest.mark.parametrize("tool", ["vips", "ffmpeg", "pillow"])
async def test_the_limits_of_the_controls_are_none_for_an_honest_file(tool: str, tmp_path: Path) -> None:
    assert await bare(tool, samples.jpeg(tmp_path)) == Ending(0)


@contextlib.asynccontextmanager
async def traps(folder: Path, kinds: list[str]) -> AsyncIterator[dict[str, tuple[Path, Trap]]]:
    """A trap of its own for each file, so that it is known which one reached for something."""
    async with contextlib.AsyncExitStack() as stack:
        laid = {kind: await stack.enter_async_context(trap(folder / kind)) for kind in kinds}
        yield {kind: (CONTROLS[kind].entry.write(folder, one.canary), one) for kind, one in laid.items()}


@pytest.mark.case(65, 66)
async def test_bare_libreoffice_fetches_what_documents_name_and_reads_bombs_to_the_end(tmp_path: Path) -> None:
    async with traps(tmp_path, OFFICE) as laid:
        ending = await office([path for path, _ in laid.values()], tmp_path)
        seen = {kind: Seen(path, ending, one) for kind, (path, one) in laid.items()}
        wrong = [kind for kind in OFFICE if not CONTROLS[kind].holds(seen[kind])]
        bomb = named("docx-zip-bomb.docx").write(tmp_path, seen["office-xxe"].trap.canary)
    stopped = await office([bomb], tmp_path, seconds=3)

    assert not wrong
    assert (tmp_path / "docx-external-image.pdf").exists()
    assert stopped.code == 128 + 9 or stopped.exhausted


@pytest.mark.case(65)
async def test_bare_libreoffice_runs_the_macro_of_a_document_that_it_opens(tmp_path: Path) -> None:
    reached: set[str] = set()
    async with trap(tmp_path / "canary") as laid:
        path = named("fodt-section.fodt").write(tmp_path, laid.canary)
        async with opening(path, tmp_path / "home") as child, asyncio.timeout(60):
            while child.returncode is None and not {WROTE, STARTED} <= reached:
                reached.update(laid.opened())
                await asyncio.sleep(0.05)

    assert {WROTE, STARTED} <= reached


@pytest.mark.case(60, 66, 67, 68)
async def test_bare_chromium_fetches_what_pages_name_and_never_rests(tmp_path: Path) -> None:
    kinds = [kind for kind, control in CONTROLS.items() if control.tool == "chromium"]
    async with traps(tmp_path, kinds) as laid, contextlib.AsyncExitStack() as stack:
        children = {
            kind: await stack.enter_async_context(browsing(path, tmp_path / f"home of {kind}"))
            for kind, (path, _) in laid.items()
        }
        async with asyncio.timeout(60):
            await children["web-references"].wait()
            await children["web-tall"].wait()
            assert await grown(children["web-memory"], GIB)

        assert laid["web-references"][1].opened()
        assert "GET /fetch HTTP/1.1" in laid["web-references"][1].calls
        assert (tmp_path / "home of web-tall" / "shown.png").stat().st_size < GIB >> 10
        assert children["web-busy"].returncode is None


async def test_the_trap_notices_who_opens_the_secret_and_who_calls(tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        Path(laid.canary.path("png")).read_bytes()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(laid.canary.origin.rpartition(":")[2]))
        writer.write(b"GET /x HTTP/1.1\r\n\r\n")
        await reader.read()
        writer.close()
        await writer.wait_closed()

        assert laid.opened() == ["secret.png"]
        assert laid.calls == ["GET /x HTTP/1.1"]
