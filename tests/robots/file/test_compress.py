"""Files go into archives, under the names that their layout gives them."""

import io
import random
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from robots.base.errors import BadParams
from robots.base.file import File
from robots.base.params import Invalid
from robots.file.compress import FileCompressParams, FileCompressRobot, numbered
from robots.tools.programs import Programs
from robots.tools.sevenzip import SevenZip
from tests import archives
from tests.customer import customer_of_new_server
from tests.robots.workspace import Bench, file_at, run

TEXT = b"the same words again and again\n" * 200


def bench(folder: Path) -> Bench:
    return Bench(Path(mkdtemp(dir=folder)), SevenZip(Programs()))


def given(folder: Path) -> list[File]:
    """An upload, a picture made of it, and two thumbs of one name."""
    upload = file_at(archives.write(folder, "a.mov", TEXT), id="ghx", original_id="ghx", step=":original")
    thumb = replace(upload, name="thumb.jpg", step="thumbed")
    return [
        upload,
        replace(upload, id="e8x", name="a.jpg", step="resized"),
        replace(thumb, id="cvx", meta={"thumb_index": 1}),
        replace(thumb, id="ffx", meta={"thumb_index": 2}),
    ]


async def packed(files: Sequence[File], folder: Path, **params: Any) -> File:
    (result,) = await run(FileCompressRobot, params, files, bench(folder))
    return result


def members(file: File) -> dict[str, bytes]:
    """By another reader than the one that wrote."""
    if zipfile.is_zipfile(file.bytes):
        with zipfile.ZipFile(file.bytes) as zipped:
            assert zipped.testzip() is None
            return {name: zipped.read(name) for name in zipped.namelist()}
    with tarfile.open(file.bytes) as archive:
        streams = {told.name: archive.extractfile(told) for told in archive.getmembers()}
        return {name: stream.read() for name, stream in streams.items() if stream}


@pytest.mark.parametrize(
    ("params", "name", "start"),
    [
        ({}, "a.tar", b""),
        ({"gzip": True}, "a.tar.gz", b"\x1f\x8b"),
        ({"format": "zip"}, "a.zip", b"PK\3\4"),
        ({"format": "zip", "gzip": True}, "a.zip", b"PK\3\4"),
        ({"format": "zip", "archive_name": "all/of it"}, "of it.zip", b"PK\3\4"),
        ({"gzip": True, "archive_name": "backup"}, "backup.tar.gz", b"\x1f\x8b"),
    ],
)
async def test_the_archive_has_its_format_and_its_name(
    params: dict[str, Any], name: str, start: bytes, tmp_path: Path
) -> None:
    result = await packed(given(tmp_path)[:1], tmp_path, **params)

    assert result.name == name
    assert result.bytes.read_bytes().startswith(start)
    assert members(result) == {":original/gh_a.mov": TEXT}


async def test_a_tar_cannot_be_locked_and_that_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    [result] = await run(FileCompressRobot, {"password": "x"}, given(tmp_path)[:1], bench)

    assert members(result) == {":original/gh_a.mov": TEXT}
    assert bench.warnings == ["The archive has no password, for a tar cannot be locked; a zip can."]


@pytest.mark.parametrize("format", ["tar", "zip"])
async def test_the_advanced_layout_tells_steps_and_originals_apart(format: str, tmp_path: Path) -> None:
    result = await packed(given(tmp_path), tmp_path, format=format)

    assert list(members(result)) == [
        ":original/gh_a.mov",
        "resized/gh_e8_a.jpg",
        "thumbed/gh_cv_thumb_1.jpg",
        "thumbed/gh_ff_thumb_2.jpg",
    ]


async def test_the_simple_layout_numbers_the_same_names(tmp_path: Path) -> None:
    result = await packed(given(tmp_path), tmp_path, file_layout="simple")

    assert list(members(result)) == ["a.mov", "a.jpg", "thumb.jpg", "thumb_1.jpg"]


async def test_the_relative_layout_keeps_the_folders_that_files_came_in(tmp_path: Path) -> None:
    one = given(tmp_path)[0]
    files = [
        replace(one, user_meta={"relativePath": "holiday/sea/a.mov"}),
        replace(one, meta={"archive_directory": "unpacked"}),
        replace(one, original_path="/imported/from/"),
        one,
    ]

    result = await packed(files, tmp_path, file_layout="relative-path")

    assert list(members(result)) == ["holiday/sea/a.mov", "unpacked/a.mov", "imported/from/a.mov", "a.mov"]


@pytest.mark.case(82)
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("my/own.txt", "my/own.txt"),
        ("my/", "my/a.mov"),
        ("../../etc/passwd", "etc/passwd"),
        ("//x\\..\\y\0", "x/y"),
        ("..", "file"),
    ],
)
async def test_a_path_wins_over_the_layout_and_stays_in_the_archive(path: str, place: str, tmp_path: Path) -> None:
    result = await packed(given(tmp_path)[:1], tmp_path, path=path, file_layout="simple")

    assert list(members(result)) == [place]


async def test_a_path_is_that_of_each_file(tmp_path: Path) -> None:
    result = await packed(given(tmp_path)[:2], tmp_path, path=["one/a", "two/b"])

    assert list(members(result)) == ["one/a", "two/b"]


async def test_the_variables_of_a_path_are_those_of_each_file_and_its_step(tmp_path: Path) -> None:
    steps = {
        ":original": {"robot": "/upload/handle"},
        "hashed": {"robot": "/file/hash", "use": ":original"},
        "packed": {
            "robot": "/file/compress",
            "use": {"steps": [":original", "hashed"], "bundle_steps": True},
            "path": "${previous_step.name}/${file.name.toUpperCase()}",
        },
    }
    files = [archives.write(tmp_path, name, TEXT) for name in ("a.txt", "b.txt")]
    async with customer_of_new_server(tmp_path / "data", fsync="no") as customer:
        over = await customer.completed(await customer.create(steps, *files))
        content = await customer.fetch(over["results"]["packed"][0])

    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = sorted(archive.getnames())
    assert names == [":original/A.TXT", ":original/B.TXT", "hashed/A.TXT", "hashed/B.TXT"]


async def test_what_is_unpacked_is_of_today_and_can_be_read_by_all(tmp_path: Path) -> None:
    today = time.time()
    tar, zipped = [await packed(given(tmp_path), tmp_path, format=format) for format in ("tar", "zip")]

    with tarfile.open(tar.bytes) as archive:
        told = [(member.mode, member.mtime) for member in archive]
    with zipfile.ZipFile(zipped.bytes) as archive:
        told += [(one.external_attr >> 16, time.mktime((*one.date_time, 0, 0, -1))) for one in archive.infolist()]
    assert [oct(mode & 0o777) for mode, _ in told] == ["0o644"] * 8
    assert all(abs(moment - today) < 7200 for _, moment in told)


@pytest.mark.parametrize(("format", "extra"), [("zip", {}), ("tar", {"gzip": True})])
async def test_the_level_says_how_small_the_archive_gets(format: str, extra: dict[str, Any], tmp_path: Path) -> None:
    sizes = []
    for level in (0, -1, -9):
        result = await packed(given(tmp_path)[:1], tmp_path, format=format, compression_level=level, **extra)
        sizes.append(result.bytes.stat().st_size)

    assert sizes[0] > len(TEXT) > sizes[1] >= sizes[2]


async def test_a_password_locks_a_zip(tmp_path: Path) -> None:
    result = await packed(given(tmp_path), tmp_path, format="zip", password="open sesame")

    def opened(password: str) -> subprocess.CompletedProcess[bytes]:
        argv = [str(Programs().need("7zz")), "x", "-so", f"-p{password}", str(result.bytes)]
        return subprocess.run(argv, capture_output=True, check=False)

    with zipfile.ZipFile(result.bytes) as archive:
        names, locked = sorted(archive.namelist()), [told.flag_bits & 1 for told in archive.infolist()]
    assert [name for name in names if not name.endswith("/")] == sorted(
        members(await packed(given(tmp_path), tmp_path))
    )
    assert TEXT[:20] not in result.bytes.read_bytes()
    assert any(locked)
    assert opened("open sesame").stdout == 4 * TEXT
    assert opened("other").returncode != 0
    assert not list(tmp_path.rglob("tree"))


@pytest.mark.parametrize("password", ["sésame", "x" * 100, "two\nlines"])
async def test_a_password_that_a_zip_cannot_have_is_refused(password: str, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="at most 99 characters, all of ASCII"):
        await packed(given(tmp_path)[:1], tmp_path, format="zip", password=password)


async def test_the_longest_password_that_a_zip_can_have_locks_it(tmp_path: Path) -> None:
    assert zipfile.is_zipfile((await packed(given(tmp_path), tmp_path, format="zip", password="x" * 99)).bytes)


async def test_of_a_locked_zip_progress_is_told_and_names_do_not_pass_for_it(tmp_path: Path) -> None:
    (tmp_path / "  7%").write_bytes(random.Random(1).randbytes(8 << 20))
    work, params = bench(tmp_path), {"format": "zip", "password": "x", "compression_level": -9}

    (result,) = await run(FileCompressRobot, params, [file_at(tmp_path / "  7%")], work)

    assert work.reached == sorted(work.reached)
    assert (len(work.reached) >= 3, work.reached[-1]) == (True, 1)
    assert any(0 < reached < 1 for reached in work.reached)
    assert zipfile.is_zipfile(result.bytes)


async def test_a_large_file_goes_in_by_stretches_and_progress_is_told(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as sparse:
        sparse.truncate(20 << 20)
    work = bench(tmp_path)

    (result,) = await run(FileCompressRobot, {"gzip": True}, [file_at(tmp_path / "large")], work)

    assert work.reached == sorted(work.reached)
    assert (len(work.reached) >= 5, work.reached[-1]) == (True, 1)
    with tarfile.open(result.bytes) as archive:
        assert [told.size for told in archive] == [20 << 20]


async def test_names_beyond_ascii_and_empty_files_go_in(tmp_path: Path) -> None:
    empty = file_at(archives.write(tmp_path, "größe 日本.txt", b""))
    for format in ("tar", "zip"):
        result = await packed([empty], tmp_path, format=format, file_layout="simple")

        assert members(result) == {"größe 日本.txt": b""}


def test_no_two_members_have_one_name_whatever_the_system_thinks_of_capitals() -> None:
    assert numbered(["a.txt", "A.txt", "d/a.txt", "a.txt", ".x", ".x", "b", "b"]) == [
        *("a.txt", "A_1.txt", "d/a.txt", "a_2.txt", ".x", ".x_1", "b", "b_1"),
    ]


@pytest.mark.parametrize(
    "params",
    [
        {"compression_level": 1},
        {"compression_level": -10},
        {"format": "rar"},
        {"file_layout": "flat"},
    ],
)
def test_what_does_not_go_together_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        FileCompressParams.parse(params)
