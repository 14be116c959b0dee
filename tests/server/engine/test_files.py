"""Where bytes are kept."""

import hashlib
from pathlib import Path

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
