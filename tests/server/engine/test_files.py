"""Where bytes are kept."""

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from server.engine.files import Files, measured

ASSEMBLY, FILE = "ab" * 16, "cd" * 16


async def test_bytes_are_taken_in_with_their_size_and_md5(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"bytes" * 1000)
    files = Files(tmp_path / "files")

    kept = await files.keep(source, ASSEMBLY, FILE)

    assert await measured(kept) == (5000, hashlib.md5(b"bytes" * 1000).hexdigest())
    assert files.path(ASSEMBLY, FILE).read_bytes() == source.read_bytes()


async def test_nothing_is_copied_on_the_same_disk(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    files = Files(tmp_path / "files")
    await files.keep(source, ASSEMBLY, FILE)

    assert files.path(ASSEMBLY, FILE).samefile(source)


async def test_what_was_kept_first_stays_when_a_job_runs_again(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(b"first")
    second.write_bytes(b"second run")
    files = Files(tmp_path / "files")
    await files.keep(first, ASSEMBLY, FILE)

    assert (await files.keep(second, ASSEMBLY, FILE)).read_bytes() == b"first"


async def test_all_files_of_an_assembly_go_at_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    files = Files(tmp_path / "files")
    await files.keep(source, ASSEMBLY, FILE)

    await files.remove(ASSEMBLY)
    await files.remove(ASSEMBLY)

    assert not files.of(ASSEMBLY).exists()


async def test_what_nobody_knows_is_removed_and_the_rest_stays(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    files = Files(tmp_path / "files")
    for assembly, file in ((ASSEMBLY, FILE), (ASSEMBLY, "stranger"), ("ab" + "0" * 30, FILE)):
        await files.keep(source, assembly, file)
    (tmp_path / "files" / "note").touch()

    removed = [await files.remove_strangers(prefix, {(ASSEMBLY, FILE)}) for prefix in await files.prefixes()]

    assert removed == [2]
    assert [path.name for path in (tmp_path / "files" / "ab").iterdir()] == [ASSEMBLY]
    assert [path.name for path in files.of(ASSEMBLY).iterdir()] == [FILE]


@pytest.fixture
def two_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests have but one."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refused)


@pytest.mark.usefixtures("two_disks")
async def test_between_two_disks_bytes_are_copied(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    files = Files(tmp_path / "files")

    kept = await files.keep(source, ASSEMBLY, FILE, synced=True)

    assert kept.read_bytes() == b"bytes"
    assert [path.name for path in files.of(ASSEMBLY).iterdir()] == [FILE]


@pytest.mark.usefixtures("two_disks")
async def test_small_files_that_come_together_are_copied_and_told_as_they_are(tmp_path: Path) -> None:
    sources = [tmp_path / "1", tmp_path / "2"]
    for source in sources:
        source.write_bytes(source.name.encode() * 1000)
    files = Files(tmp_path / "files")

    kept = await files.keep_all([(source, source.name * 32) for source in sources], ASSEMBLY)

    told = [(stored.path.read_bytes(), stored.size, stored.md5hash) for stored in kept if stored]
    known = [source.read_bytes() for source in sources]
    assert told == [(content, 1000, hashlib.md5(content).hexdigest()) for content in known]


@pytest.mark.case(115, 116)
@pytest.mark.parametrize("odd", [os.mkfifo, os.mkdir, lambda path: os.symlink("/etc/passwd", path)])
async def test_what_is_no_plain_file_is_not_taken_in_and_keeps_nobody_waiting(
    tmp_path: Path, odd: Callable[[Path], None]
) -> None:
    files = Files(tmp_path / "files")
    odd(tmp_path / "made")

    with pytest.raises(OSError, match=r"regular file|symbolic links"):
        await files.keep(tmp_path / "made", ASSEMBLY, FILE)

    assert not list(files.of(ASSEMBLY).iterdir())
