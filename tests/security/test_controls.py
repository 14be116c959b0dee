"""Positive controls: the same bad files through the bare tools show that the attacks live, or what withstands them."""

from __future__ import annotations

import asyncio
import shutil
import sys
import zipfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path

import pytest

from robots.tools.programs import Programs
from tests.badfiles.catalogue import CATALOGUE, named
from tests.security.trap import Trap, trap

FFMPEG = str(Programs().need("ffmpeg"))
OPEN = ("-protocol_whitelist", "file,http,tcp,udp,rtp,crypto,data")
LOOSE = {
    "hls": (*OPEN, "-extension_picky", "0", "-allowed_extensions", "ALL"),
    "ffconcat": (*OPEN, "-safe", "0"),
    "dref": (*OPEN, "-enable_drefs", "1", "-use_absolute_path", "1"),
}
MEG = 1 << 20
# What a library does with a picture when nobody holds it back; it prints its seconds and its most megabytes.
BARE = """
import resource, sys, pyvips
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
pyvips.Image.new_from_file(sys.argv[1], **eval(sys.argv[2])).copy_memory()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


async def bare_ffmpeg(laid: Trap, name: str, folder: Path, seconds: float = 20) -> bool:
    """Whether ffmpeg without our guards reached the canary."""
    entry = named(name)
    path = entry.write(folder, laid.canary)
    argv = [FFMPEG, "-nostdin", "-v", "error", *LOOSE.get(entry.bad.kind, OPEN), "-i", str(path), "-f", "null", "-"]
    child = await asyncio.create_subprocess_exec(*argv, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with asyncio.timeout(seconds):
            await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return bool(laid.opened() or laid.calls)


@pytest.mark.case(59)
@pytest.mark.parametrize(
    "name", ["hls-segment-file.m3u8", "hls-segment-http.m3u8", "hls-key.m3u8", "ffconcat-path.txt", "ffconcat-http.mp4"]
)
async def test_without_guards_ffmpeg_reaches_what_a_playlist_names(name: str, tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        assert await bare_ffmpeg(laid, name, tmp_path)


@pytest.mark.case(59)
@pytest.mark.parametrize(
    "name",
    [entry.name for entry in CATALOGUE if entry.family == "playlists" and entry.kind.immune],
)
async def test_where_the_catalogue_says_so_ffmpeg_reaches_nothing_by_itself(name: str, tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        assert not await bare_ffmpeg(laid, name, tmp_path)


@pytest.mark.case(59, 66)
@pytest.mark.parametrize("name", ["hls-endless.m3u8", "session.sdp"])
async def test_without_guards_ffmpeg_waits_for_ever(name: str, tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        with pytest.raises(TimeoutError):
            await bare_ffmpeg(laid, name, tmp_path, 1.5)


async def bare_vips(path: Path, how: str = "{}") -> tuple[int, str]:
    """How libvips without our caps ends, and what it printed."""
    argv = [sys.executable, "-c", BARE, str(path), how]
    child = await asyncio.create_subprocess_exec(*argv, stdout=PIPE, stderr=STDOUT)
    printed, _ = await child.communicate()
    return child.returncode or 0, printed.decode()


@pytest.mark.case(60, 61)
@pytest.mark.parametrize(
    ("name", "how"), [("gif-256mp.gif", "{}"), ("png-900mp.png", "{}"), ("gif-4000-frames.gif", "{'n': -1}")]
)
async def test_without_caps_a_small_picture_takes_all_memory_or_time(name: str, how: str, tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        path = named(name).write(tmp_path, laid.canary)

    code, printed = await bare_vips(path, how)

    assert code or int(printed) > 512, printed


@pytest.mark.case(64, 66)
@pytest.mark.parametrize("name", ["svg-filter-blur.svg", "svg-filter-morphology.svg", "jpeg-4000-scans.jpg"])
async def test_without_a_limit_a_small_picture_takes_all_time(name: str, tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        path = named(name).write(tmp_path, laid.canary)

    code, printed = await bare_vips(path)

    assert code < 0, printed


@pytest.mark.case(63, 64)
@pytest.mark.parametrize("name", ["svg-image-http.svg", "svg-xxe.svg", "svg-billion-laughs.svg", "svg-css-import.svg"])
async def test_librsvg_withstands_by_itself_what_the_catalogue_says(name: str, tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        path = named(name).write(tmp_path, laid.canary)

        code, _ = await bare_vips(path)

        assert named(name).kind.immune
        assert code >= 0
        assert not laid.calls
        assert not laid.opened()


@pytest.mark.case(69)
async def test_a_bare_unpacking_writes_through_links(tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        path = named("tar-slip-links.tar").write(tmp_path, laid.canary)
        (tmp_path / "out").mkdir()

        child = await asyncio.create_subprocess_exec(
            "tar", "-xPf", str(path), "-C", str(tmp_path / "out"), stderr=DEVNULL
        )
        await child.wait()

        assert (laid.canary.folder / "written.txt").exists()


@pytest.mark.case(70)
async def test_a_small_archive_claims_more_than_a_disk(tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        path = named("zip-overlap-150gb.zip").write(tmp_path, laid.canary)

    with zipfile.ZipFile(path) as archive:
        told = sum(member.file_size for member in archive.infolist())

    assert path.stat().st_size < MEG
    assert told > 150 * 10**9
    assert told > shutil.disk_usage(tmp_path).total / 10


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
