"""Files in which ClamAV finds a virus do not pass; the only virus here is the harmless one made for such tests."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput, RobotError, ToolMissing
from robots.file.virusscan import FileVirusscanRobot
from robots.tools import clamav
from robots.tools.clamav import ClamAV
from robots.tools.programs import Programs
from tests import archives
from tests.robots.workspace import Bench, file_at, run

# In two parts, so that this file is not taken for one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """ClamAV with one signature."""
    signatures = archives.write(tmp_path, "test.ndb", b"Eicar-Test:0:*:" + EICAR.hex().encode() + b"\n")
    (tmp_path / "scratch").mkdir()
    return Bench(tmp_path / "scratch", ClamAV(Programs(), signatures))


async def scanned(content: bytes, bench: Bench, **params: Any) -> bool:
    file = file_at(archives.write(bench.folder.parent, "given.bin", content))
    results = await run(FileVirusscanRobot, params, [file], bench)
    assert results in ([file], [])
    return bool(results)


async def test_a_file_without_a_virus_passes_untouched(bench: Bench) -> None:
    assert await scanned(b"nothing but text", bench)
    assert bench.warnings == []


@pytest.mark.parametrize("content", [EICAR, archives.zipped({"deep/in.txt": EICAR})])
async def test_a_file_with_a_virus_goes_no_further_not_even_inside_an_archive(content: bytes, bench: Bench) -> None:
    assert not await scanned(content, bench)
    assert bench.warnings == ["given.bin was declined: ClamAV found Eicar-Test.UNOFFICIAL in it."]


async def test_what_is_locked_passes_with_a_warning_for_nobody_knows_what_is_in_it(bench: Bench) -> None:
    assert await scanned(locked(bench.folder, EICAR), bench)
    assert bench.warnings == ["given.bin is locked by a password, and nobody knows whether there is a virus in it."]


async def test_a_virus_beside_something_locked_is_found_all_the_same(bench: Bench) -> None:
    (bench.folder / "x.zip").write_bytes(archives.zipped({"open.txt": EICAR}))

    assert not await scanned(locked(bench.folder, b"nothing but text"), bench)
    assert bench.warnings == ["given.bin was declined: ClamAV found Eicar-Test.UNOFFICIAL in it."]


def locked(folder: Path, content: bytes) -> bytes:
    """A zip, that is there or not, with one member more behind a password."""
    archives.write(folder, "locked.txt", content)
    program = str(Programs().need("7zz"))
    subprocess.run(
        [program, "a", "-popen sesame 7", "x.zip", "locked.txt"], cwd=folder, check=True, capture_output=True
    )
    return (folder / "x.zip").read_bytes()


async def test_a_virus_can_stop_the_assembly_and_is_named(bench: Bench) -> None:
    with pytest.raises(RobotError, match="Not with us") as caught:
        await scanned(EICAR, bench, error_on_decline=True, error_msg="Not with us.", can_use_daemon_fallback=True)

    assert caught.value.code == "FILE_VIRUSSCAN_DECLINED_FILE"
    assert caught.value.details["virusname"] == "Eicar-Test.UNOFFICIAL"


async def test_an_error_message_is_there_when_none_is_given(bench: Bench) -> None:
    with pytest.raises(RobotError, match=r"^One of your files was declined$"):
        await scanned(EICAR, bench, error_on_decline="true")


async def test_what_is_too_large_to_be_scanned_is_an_error_and_not_clean(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamav, "LARGEST", 1000)

    with pytest.raises(BadInput, match="more than the 1000 bytes") as caught:
        await scanned(bytes(2000), bench)

    assert caught.value.code == "FILE_VIRUSSCAN_INVALID_INPUT"


async def test_what_holds_too_much_to_be_scanned_is_an_error_and_not_clean(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = tuple(word if "scansize" not in word else "--max-scansize=100000" for word in clamav.ARGUMENTS)
    monkeypatch.setattr(clamav, "ARGUMENTS", less)

    with pytest.raises(BadInput, match="holds more than can be scanned"):
        await scanned(archives.zipped({f"{n}": b"text " * 20_000 for n in range(5)}), bench)


@pytest.mark.parametrize("made", [False, True])
async def test_without_signatures_nothing_is_said_to_be_clean(made: bool, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    if made:
        (tmp_path / "none").mkdir()
    bench = Bench(tmp_path / "scratch", ClamAV(Programs(), tmp_path / "none"))

    with pytest.raises(ToolMissing, match="run freshclam"):
        await scanned(b"text", bench)


async def test_without_clamav_the_error_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    bench = Bench(tmp_path / "scratch", ClamAV(Programs({"clamscan": "/nowhere/clamscan"}), tmp_path))

    with pytest.raises(ToolMissing, match="install ClamAV"):
        await scanned(b"text", bench)
