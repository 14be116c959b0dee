"""Archives come apart: each member a result, and nothing of an archive but bytes and names."""

import asyncio
import bz2
import gzip
import io
import lzma
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from robots.base.errors import BadInput
from robots.base.file import File
from robots.file.decompress import FileDecompressParams, FileDecompressRobot
from robots.tools.programs import Programs
from robots.tools.sevenzip import Caps, SevenZip
from robots.tools.vips import Images
from tests import archives
from tests.robots.workspace import Bench, file_at, run

MEMBERS = {"a.txt": b"hello", "b.txt": b"world!"}
INVALID = "FILE_DECOMPRESS_INVALID_INPUT"


def bench(folder: Path, **caps: int) -> Bench:
    (folder / "scratch").mkdir()
    return Bench(folder / "scratch", SevenZip(Programs(), Caps(**caps)))


def seven(folder: Path, name: str, *words: str) -> Path:
    """An archive that 7-Zip itself makes of MEMBERS."""
    for each, content in MEMBERS.items():
        archives.write(folder, each, content)
    argv = [str(Programs().need("7zz")), "a", *words, name, *MEMBERS]
    subprocess.run(argv, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / name


async def unpacked(path: Path, folder: Path, **params: Any) -> dict[str, bytes]:
    """The members by their paths."""
    results = await run(FileDecompressRobot, params, [file_at(path)], bench(folder))
    return {place(file): file.bytes.read_bytes() for file in results}


def place(file: File) -> str:
    return "/".join(filter(None, (file.meta["archive_directory"], file.name)))


@pytest.mark.parametrize(
    "make",
    [
        *(archives.zipped, archives.tarred, archives.cpio, archives.ar, archives.lha),
        *(archives.rar, archives.rar5, archives.cab, archives.xar, archives.arj),
    ],
)
async def test_each_member_of_each_kind_of_archive_is_a_result(
    make: Callable[[archives.Content], bytes], tmp_path: Path
) -> None:
    path = archives.write(tmp_path, "made", make(MEMBERS))

    assert await unpacked(path, tmp_path) == MEMBERS


async def test_an_archive_without_a_file_is_told(tmp_path: Path) -> None:
    work, path = bench(tmp_path), tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("folder")

    assert await run(FileDecompressRobot, {}, [file_at(path)], work) == []
    assert work.warnings == ["There is no file in the archive."]


async def test_a_disk_image_tells_names_as_old_computers_had_them(tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.iso", archives.iso(MEMBERS))

    assert await unpacked(path, tmp_path) == {"A.TXT": b"hello", "B.TXT": b"world!"}


@pytest.mark.parametrize("make", [lambda folder: seven(folder, "made.7z"), lambda folder: seven(folder, "made.wim")])
async def test_members_that_share_one_compressed_stream_come_apart(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    assert await unpacked(make(tmp_path), tmp_path) == MEMBERS


@pytest.mark.parametrize(
    ("name", "wrap"),
    [
        ("notes.txt.gz", gzip.compress),
        ("notes.txt.bz2", bz2.compress),
        ("notes.txt.xz", lzma.compress),
        ("notes.txt.lzma", lambda content: lzma.compress(content, lzma.FORMAT_ALONE)),
        ("notes.txt.Z", archives.compressed),
    ],
)
async def test_a_wrapper_around_one_file_gives_that_file(
    name: str, wrap: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = archives.write(tmp_path, name, wrap(b"hello"))

    assert await unpacked(path, tmp_path) == {"notes.txt": b"hello"}


@pytest.mark.parametrize("mode", ["gz", "bz2", "xz"])
async def test_a_wrapped_archive_gives_the_members_of_the_archive(mode: str, tmp_path: Path) -> None:
    path = archives.write(tmp_path, f"made.tar.{mode}", archives.tarred(MEMBERS, f"w:{mode}"))

    assert await unpacked(path, tmp_path) == MEMBERS


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("name", "wrapped", "expected"),
    [
        ("made.tar.lz", archives.lzipped(archives.tarred(MEMBERS)), MEMBERS),
        ("made.tlz", archives.lzipped(archives.tarred(MEMBERS)), MEMBERS),
        ("made.uu", archives.uuencoded(gzip.compress(archives.tarred(MEMBERS)), "made.tgz"), MEMBERS),
        ("made.uu", archives.mailed(archives.lzipped(b"hello"), "far/notes.txt.lz"), {"notes.txt": b"hello"}),
        ("notes.txt.lz", archives.lzipped(b"hello"), {"notes.txt": b"hello"}),
    ],
)
async def test_what_7_zip_has_no_reader_for_is_unwrapped_too(
    name: str, wrapped: bytes, expected: dict[str, bytes], images: Images, tmp_path: Path
) -> None:
    work = bench(tmp_path)
    work.tools = (*work.tools, images)

    results = await run(FileDecompressRobot, {}, [file_at(archives.write(tmp_path, name, wrapped))], work)

    assert {place(file): file.bytes.read_bytes() for file in results} == expected
    assert work.warnings == []


class Held(Bench):
    """The thread that has taken the third member whole stands still."""

    def __init__(self, folder: Path, *tools: object) -> None:
        super().__init__(folder, *tools)
        self.stands = asyncio.Event()
        self._whole = 0

    async def in_thread(self, act: Callable[..., Any], *args: object) -> Any:
        done = await super().in_thread(act, *args)
        self._whole += bool(getattr(getattr(act, "__self__", None), "whole", ()))
        if self._whole == 3:
            self.stands.set()
            await asyncio.Event().wait()
        return done


async def test_a_job_that_is_called_off_ends_though_nobody_takes_what_it_has_whole(tmp_path: Path) -> None:
    packed = archives.tarred({f"{number}.bin": bytes(300_000) for number in range(4)})  # each more than one piece
    path, held = archives.write(tmp_path, "made.tar", packed), Held(tmp_path, SevenZip(Programs()))
    robot = FileDecompressRobot(FileDecompressParams())
    results = cast(AsyncGenerator[File, None], robot.work_on([file_at(path)], held))
    await anext(results)
    await held.stands.wait()

    closing = asyncio.ensure_future(results.aclose())

    assert await asyncio.wait([closing], timeout=20) == ({closing}, set())


async def test_a_list_of_files_without_their_bytes_is_refused(tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.mtree", b"#mtree\n./a.txt type=file size=6 mode=644\n")

    with pytest.raises(BadInput, match="a list of files without their bytes") as caught:
        await unpacked(path, tmp_path)

    assert caught.value.code == INVALID


async def test_an_archive_in_too_many_wrappers_is_refused(tmp_path: Path) -> None:
    content = b"hello"
    for _ in range(5):
        content = gzip.compress(content)

    with pytest.raises(BadInput, match="wrapped more than 4 times"):
        await unpacked(archives.write(tmp_path, "deep.gz", content), tmp_path)


async def test_a_member_keeps_its_name_its_folder_and_the_origin_of_the_archive(tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.zip", archives.zipped({"docs/2024/a.txt": b"x", "docs/": b""}))

    (result,) = await run(FileDecompressRobot, {}, [file_at(path)], bench(tmp_path))

    assert (result.name, result.meta) == ("a.txt", {"archive_directory": "docs/2024"})
    assert (result.original_name, result.original_id) == ("made.zip", "made")


@pytest.mark.case(69, 116)
async def test_no_name_of_a_member_is_ever_one_on_the_disk(tmp_path: Path) -> None:
    wild = {"../../up": b"1", "/etc/cron": b"2", "a\\..\\..\\b": b"3", "x" * 5000: b"4", "-rf": b"5", "CON": b"6"}
    path, work = archives.write(tmp_path, "made.zip", archives.zipped(wild)), bench(tmp_path)

    results = await run(FileDecompressRobot, {}, [file_at(path)], work)

    assert [place(file) for file in results] == ["up", "etc/cron", "a/b", "x" * 255, "-rf", "CON"]
    assert {file.bytes.parent for file in results} == {work.folder}
    assert all(file.bytes.name.endswith("-member") for file in results)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("für.txt".encode(), "für.txt"),
        ("für.txt".encode("cp437"), "für.txt"),
        ("テスト.txt".encode("cp932"), "テスト.txt"),
        ("日本.txt".encode("cp932"), "日本.txt"),
    ],
)
async def test_a_name_is_read_in_the_letters_of_its_time(raw: bytes, name: str, tmp_path: Path) -> None:
    content = archives.zipped({"#" * len(raw): b"x"}).replace(b"#" * len(raw), raw)

    assert await unpacked(archives.write(tmp_path, "made.zip", content), tmp_path) == {name: b"x"}


async def test_a_name_of_an_old_tar_is_latin(tmp_path: Path) -> None:
    content = archives.tarred({"f#r": b"x"}).replace(b"f#r", b"f\xfcr")
    header = bytearray(content[:512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)

    path = archives.write(tmp_path, "made.tar", bytes(header) + content[512:])

    assert await unpacked(path, tmp_path) == {"für": b"x"}


@pytest.mark.case(71)
@pytest.mark.parametrize("words", [["x.zip"], ["x.zip", "-mem=AES256"], ["x.7z"], ["x.7z", "-mhe=on"]])
async def test_a_locked_archive_opens_with_its_password_only(words: list[str], tmp_path: Path) -> None:
    name, *how = words
    path, work = seven(tmp_path, name, "-popen sesame 7", *how), bench(tmp_path)

    results = await run(FileDecompressRobot, {"password": "open sesame 7"}, [file_at(path)], work)
    with pytest.raises(BadInput) as wrong:
        await run(FileDecompressRobot, {"password": "other"}, [file_at(path)], work)
    with pytest.raises(BadInput) as none:
        await run(FileDecompressRobot, {}, [file_at(path)], work)

    assert {file.name: file.bytes.read_bytes() for file in results} == MEMBERS
    assert wrong.value.code == "FILE_DECOMPRESS_PASSWORD_INCORRECT"
    assert none.value.code == "FILE_DECOMPRESS_PASSWORD_REQUIRED"
    assert "sesame" not in f"{wrong.value.message}{none.value.message}"


@pytest.mark.parametrize(("turbo", "given"), [(True, ["good.txt"]), (False, [])])
async def test_turbo_hands_on_a_member_before_the_end_of_the_archive_is_known(
    turbo: bool, given: list[str], tmp_path: Path
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("good.txt", b"good")
        archive.writestr("bad.txt", b"once sound")
    path = archives.write(tmp_path, "made.zip", made.getvalue().replace(b"once sound", b"now broken"))
    robot = FileDecompressRobot(FileDecompressParams.parse({"turbo": turbo}))
    came: list[str] = []

    async def collect() -> None:
        async for file in robot.work_on([file_at(path)], bench(tmp_path)):
            came.append(file.name)

    with pytest.raises(BadInput, match=r"damaged at bad\.txt"):
        await collect()

    assert came == given


async def test_one_who_wants_no_more_members_leaves_nothing_running(tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.tar", archives.tarred({f"{n}": bytes(300_000) for n in range(20)}))
    results = FileDecompressRobot(FileDecompressParams.parse({})).work_on([file_at(path)], bench(tmp_path))

    first = await anext(results)
    await results.aclose()  # type: ignore[attr-defined]  # it is a generator, as the worker knows too

    assert first.name == "0"


async def test_the_progress_is_how_much_is_unpacked(tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.tar", archives.tarred({f"{n}": bytes(300_000) for n in range(4)}))
    work = bench(tmp_path)

    await run(FileDecompressRobot, {}, [file_at(path)], work)

    assert work.reached == sorted(work.reached)
    assert len(work.reached) > 2
    assert work.reached[-1] == 1


def linked(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        told = tarfile.TarInfo("dir/real.txt")
        told.size = 5
        archive.addfile(told, io.BytesIO(b"hello"))
        link = tarfile.TarInfo(name)
        link.type, link.linkname = kind, target
        archive.addfile(link)
    return made.getvalue()


@pytest.mark.case(69)
@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/etc/passwd", tarfile.SYMTYPE),
        ("../../up", tarfile.SYMTYPE),
        ("../up", tarfile.LNKTYPE),
        ("/up", tarfile.LNKTYPE),
    ],
)
async def test_a_link_out_of_the_archive_is_an_error(target: str, kind: bytes, tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.tar", linked("dir/link", target, kind))

    with pytest.raises(BadInput, match="leads out of it: dir/link") as caught:
        await unpacked(path, tmp_path)

    assert caught.value.code == INVALID


@pytest.mark.case(69)
@pytest.mark.parametrize(
    ("target", "kind", "what"),
    [
        ("../dir/real.txt", tarfile.SYMTYPE, "links"),
        ("dir/real.txt", tarfile.LNKTYPE, "links"),
        ("", tarfile.FIFOTYPE, "pipes"),
        ("", tarfile.CHRTYPE, "devices"),
    ],
)
async def test_links_and_devices_are_left_out_and_told(target: str, kind: bytes, what: str, tmp_path: Path) -> None:
    path, work = archives.write(tmp_path, "made.tar", linked("dir/link", target, kind)), bench(tmp_path)

    (result,) = await run(FileDecompressRobot, {}, [file_at(path)], work)

    assert result.bytes.read_bytes() == b"hello"
    assert work.warnings == [f"Left out, for they are {what}: dir/link."]


@pytest.mark.case(69)
async def test_a_link_of_a_zip_is_known_by_its_mode(tmp_path: Path) -> None:
    told = zipfile.ZipInfo("link")
    told.external_attr = (stat.S_IFLNK | 0o777) << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(told, "/etc/passwd")

    with pytest.raises(BadInput, match="leads out of it: link"):
        await unpacked(archives.write(tmp_path, "made.zip", made.getvalue()), tmp_path)


@pytest.mark.case(70, 86)
@pytest.mark.parametrize(
    ("name", "caps", "words"),
    [
        ("x.zip", {"bytes": 900_000}, "more than the 900000 bytes"),
        ("x.tar", {"bytes": 900_000}, "more than the 900000 bytes"),
        ("x.gz", {"bytes": 900_000}, "more than the 900000 bytes"),
        ("x.gz", {"free": 100_000, "ratio": 10}, "more than 10 times its own size"),
        ("x.zip", {"free": 100_000, "ratio": 10}, "more than 10 times its own size"),
        ("x.zip", {"members": 3}, "more than the 3 members"),
    ],
)
async def test_no_more_is_written_than_an_archive_may_hold(
    name: str, caps: dict[str, int], words: str, tmp_path: Path
) -> None:
    many = {f"{n}": bytes(250_000) for n in range(4)}
    content = {
        "x.zip": archives.zipped(many),
        "x.tar": archives.tarred(many),
        "x.gz": gzip.compress(bytes(1_000_000)),
    }
    path, work = archives.write(tmp_path, name, content[name]), bench(tmp_path, **caps)

    with pytest.raises(BadInput, match=words) as caught:
        await run(FileDecompressRobot, {}, [file_at(path)], work)

    assert caught.value.code == INVALID
    assert sum(file.stat().st_size for file in work.folder.iterdir()) <= caps.get("bytes", 1_000_000)


@pytest.mark.parametrize("content", [b"no archive at all", b"PK\3\4 and then nothing", b"7z\xbc\xaf\x27\x1c", b""])
async def test_what_is_no_archive_is_an_error_of_the_file(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        await unpacked(archives.write(tmp_path, "made.zip", content), tmp_path)

    assert caught.value.code == INVALID
    assert str(tmp_path) not in caught.value.message


async def test_an_archive_that_ends_early_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = archives.write(tmp_path, "made.zip", archives.zipped({"a": b"x" * 999})[:-30])

    with pytest.raises(BadInput, match="ends early"):
        await unpacked(path, tmp_path)


async def test_what_stands_behind_the_end_is_left_out_and_told(tmp_path: Path) -> None:
    path, work = archives.write(tmp_path, "a.txt.gz", gzip.compress(b"hello") + b"more"), bench(tmp_path)

    (result,) = await run(FileDecompressRobot, {}, [file_at(path)], work)

    assert result.bytes.read_bytes() == b"hello"
    assert work.warnings == ["There is more behind the end of the archive; it was left out."]


def linking(folder: Path, target: str) -> Path:
    """An image of Windows of MEMBERS and a link."""
    (folder / "link").symlink_to(target)
    path = seven(folder, "made.wim")
    argv = [str(Programs().need("7zz")), "a", "-snl", str(path), "link"]
    subprocess.run(argv, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return path


async def test_a_link_in_an_image_of_windows_is_left_out(tmp_path: Path) -> None:
    assert await unpacked(linking(tmp_path, "a.txt"), tmp_path) == MEMBERS


@pytest.mark.parametrize("target", ["/etc/passwd", "../up"])
async def test_a_link_in_an_image_of_windows_does_not_lead_out(target: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="a link that leads out of it: link"):
        await unpacked(linking(tmp_path, target), tmp_path)
