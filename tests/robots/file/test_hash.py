"""Hashes of files."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from robots.base.params import Invalid
from robots.file import hash as module
from robots.file.hash import FileHashParams, FileHashRobot
from tests.robots.workspace import Bench, file_at, run

CONTENT = bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        ("b2", "blake2b"),
        ("md5", "md5"),
        ("sha1", "sha1"),
        ("sha224", "sha224"),
        ("sha256", "sha256"),
        ("sha384", "sha384"),
        ("sha512", "sha512"),
    ],
)
async def test_the_hash_of_the_whole_file_is_in_its_metadata(tmp_path: Path, algorithm: str, name: str) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(CONTENT)

    (result,) = await run(FileHashRobot, {"algorithm": algorithm}, [file_at(path, meta={"a": 1})], Bench(tmp_path))

    assert result.meta == {"a": 1, "hash": hashlib.new(name, CONTENT).hexdigest()}
    assert result.path == path


async def test_sha256_is_the_default_even_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()

    (result,) = await run(FileHashRobot, {}, [file_at(path)], Bench(tmp_path))

    assert result.meta["hash"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("partial", "part"),
    [("first", CONTENT[:100]), ("last", CONTENT[-100:]), ("both", CONTENT[:100] + CONTENT[-100:])],
)
async def test_a_part_of_the_file_makes_a_quick_fingerprint(tmp_path: Path, partial: str, part: bytes) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(CONTENT)
    params: dict[str, Any] = {"algorithm": "md5", "partial": partial, "partial_size": "100"}

    (result,) = await run(FileHashRobot, params, [file_at(path)], Bench(tmp_path))

    assert result.meta == {
        "hash": hashlib.md5(part).hexdigest(),
        "hash_partial": partial,
        "hash_partial_size": 100,
    }


async def test_both_ends_of_a_small_file_may_overlap(tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(b"abc")

    (result,) = await run(FileHashRobot, {"algorithm": "md5", "partial": "both"}, [file_at(path)], Bench(tmp_path))

    assert result.meta["hash"] == hashlib.md5(b"abcabc").hexdigest()


async def test_a_large_file_tells_how_far_its_hash_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STRIDE", 4096)
    path, bench = tmp_path / "data.bin", Bench(tmp_path)
    path.write_bytes(CONTENT)

    (result,) = await run(FileHashRobot, {}, [file_at(path)], bench)

    assert bench.reached == [0.4, 0.8, 1.0]
    assert result.meta["hash"] == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("params", [{"algorithm": "crc32"}, {"partial": "middle"}, {"partial_size": 0}])
def test_other_algorithms_and_parts_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        FileHashParams.parse(params)
