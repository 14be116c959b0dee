"""Hostile archives through the API: nothing is written but what the caps allow, nowhere but in the server's folders."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.badfiles.catalogue import named
from tests.customer import Customer, Json, customer_of_new_server
from tests.security.trap import Trap, trap

STEPS = {
    ":original": {"robot": "/upload/handle", "ignore_errors": ["meta"]},
    "unpacked": {"robot": "/file/decompress", "use": ":original", "force_accept": True, "ignore_errors": ["meta"]},
}
pytestmark = pytest.mark.asyncio(loop_scope="module")
INVALID, COMPLETED = "FILE_DECOMPRESS_INVALID_INPUT", "ASSEMBLY_COMPLETED"
SETTINGS = {"fsync": "no", "max_archive_members": "1000", "max_archive_size": "50mb"}
Attacked = tuple[Customer, Trap]
SLOW = 10  # seconds for all of one Assembly, on a busy machine; a bomb that goes off takes minutes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def attacked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Customer, Trap]]:
    folder = tmp_path_factory.mktemp("attacked")
    async with customer_of_new_server(folder / "data", **SETTINGS) as customer, trap(folder / "canary") as laid:
        yield customer, laid


async def unpacked(name: str, customer: Customer, laid: Trap, folder: Path) -> Json:
    path = named(name).write(folder, laid.canary)
    return await customer.ended(await customer.create(STEPS, path))


@pytest.mark.case(69, 82, 116)
async def test_no_member_gets_out_of_the_folders_of_the_server(attacked: Attacked, tmp_path: Path) -> None:
    customer, laid = attacked
    endings = {
        "zip-slip.zip": COMPLETED,
        "tar-slip.tar": COMPLETED,
        "uu-slip.uu": COMPLETED,
        "zip-symlink.zip": INVALID,
        "tar-slip-links.tar": INVALID,
        "tar-devices.tar": COMPLETED,
        "tar-suid.tar": COMPLETED,
        "zip-bad-names.zip": COMPLETED,
        "zip-deep-path.zip": COMPLETED,
        "zip-same-names.zip": COMPLETED,
    }
    before = sorted(laid.canary.folder.iterdir())
    told = {name: await unpacked(name, customer, laid, tmp_path) for name in endings}
    kept = list((customer.server.data / "files").rglob("*"))

    assert {name: over.get("error") or over["ok"] for name, over in told.items()} == endings
    assert sorted(laid.canary.folder.iterdir()) == before
    assert not laid.opened()
    assert all(path.is_dir() or (path.is_file() and not path.is_symlink()) for path in kept)
    assert not any(path.stat().st_mode & 0o7000 for path in kept)
    assert not list((customer.server.data / "scratch").iterdir())
    names = [file["name"] for over in told.values() for file in over.get("results", {}).get("unpacked", [])]
    assert len(names) > 15
    assert not [name for name in names if "/" in name or "\\" in name or name in ("", ".", "..")]


@pytest.mark.case(70, 86)
@pytest.mark.parametrize(
    "name",
    [
        *("zip-overlap-150gb.zip", "zip-100mb.zip", "gz-256mb.gz", "tar-256mb.tar.gz", "bz2-100mb.bz2"),
        *("xz-100mb.xz", "lz-100mb.lz", "lzma-4gb-dictionary.lzma", "zip-size-lie.zip", "zip-5000-files.zip"),
        "7z-header-lie.7z",
    ],
)
async def test_a_bomb_is_stopped_at_the_caps(name: str, attacked: Attacked, tmp_path: Path) -> None:
    customer, laid = attacked
    began = time.monotonic()

    over = await unpacked(name, customer, laid, tmp_path)

    assert over.get("error") == INVALID, over
    assert time.monotonic() - began < SLOW
    assert not list((customer.server.data / "scratch").iterdir())


@pytest.mark.case(70)
async def test_an_archive_of_archives_gives_archives_and_goes_no_deeper(attacked: Attacked, tmp_path: Path) -> None:
    customer, laid = attacked
    over = await unpacked("zip-nested-6.zip", customer, laid, tmp_path)

    assert over["ok"] == COMPLETED
    assert [file["name"] for file in over["results"]["unpacked"]] == ["0.zip", "1.zip", "2.zip", "3.zip"]


@pytest.mark.case(71)
async def test_a_locked_archive_asks_for_its_password(attacked: Attacked, tmp_path: Path) -> None:
    customer, laid = attacked
    over = await unpacked("zip-encrypted.zip", customer, laid, tmp_path)

    assert over["error"] == "FILE_DECOMPRESS_PASSWORD_REQUIRED"
