"""What lzip and uuencoded files hold comes out whole, or an error does."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput
from robots.tools.unwrapping import unwrap
from robots.tools.wrappings import kind_of
from tests import archives

# Some of it can be packed, some not; each of its bytes is in it.
CONTENT = bytes(range(256)) * 3 + bytes(5000)
CAPS = {"members": 9, "bytes": 10**9, "ratio": 200, "free": 10**8}
WRAPS = [archives.lzipped, archives.uuencoded, archives.mailed]


def held(wrapped: bytes, folder: Path, **caps: int) -> tuple[bytes, dict[str, Any]]:
    """What is in it, and what was told of it."""
    source, target = archives.write(folder, "wrapped", wrapped), folder / "inner"
    target.unlink(missing_ok=True)
    kind = kind_of(source)
    assert kind is not None
    told = unwrap(str(source), str(target), kind, len(wrapped), {**CAPS, **caps})
    return target.read_bytes(), told


@pytest.mark.parametrize("content", [CONTENT, b"", b"x"])
@pytest.mark.parametrize("wrap", WRAPS)
def test_what_was_wrapped_comes_out(wrap: Callable[[bytes], bytes], content: bytes, tmp_path: Path) -> None:
    assert held(wrap(content), tmp_path)[0] == content


def test_members_of_lzip_follow_each_other_and_what_is_behind_them_is_told(tmp_path: Path) -> None:
    two = archives.lzipped(b"hello ") + archives.lzipped(b"world")

    assert held(two, tmp_path) == (b"hello world", {"name": "", "whole": True})
    assert held(two + bytes(9), tmp_path) == (b"hello world", {"name": "", "whole": False})


@pytest.mark.parametrize(
    ("wrapped", "name"),
    [
        (
            bytes.fromhex("4c5a4950010c00341949ee8ddd3d3adfffffdd12000020303a3606000000000000002a00000000000000"),
            "",
        ),
        (b"begin 644 a.txt\n&:&5L;&\\*\n`\nend\n", "a.txt"),
        (b"begin-base64 644 a.txt\naGVsbG8K\n====\n", "a.txt"),
    ],
)
def test_what_the_programs_themselves_have_written_is_read(wrapped: bytes, name: str, tmp_path: Path) -> None:
    assert held(wrapped, tmp_path) == (b"hello\n", {"name": name, "whole": True})


@pytest.mark.parametrize("wrap", [archives.uuencoded, archives.mailed])
def test_a_file_in_a_mail_is_found_and_keeps_no_more_of_its_name_than_is_safe(
    wrap: Callable[[bytes, str], bytes], tmp_path: Path
) -> None:
    mail = b"From: me\r\nSubject: the file\r\n\r\nbegin to read here:\r\n"

    content, told = held(mail + wrap(CONTENT, "../../etc/pass\twd").replace(b"\n", b"\r\n"), tmp_path)

    assert content == CONTENT
    assert "/" not in told["name"]
    assert "\t" not in told["name"]
    assert not held(wrap(CONTENT, "a") + b"-- \nme", tmp_path)[1]["whole"]


def test_a_line_may_lack_the_spaces_at_its_end_and_have_a_letter_more_as_a_check(tmp_path: Path) -> None:
    assert held(b"begin 644 a\n$86)C\n`\nend\n", tmp_path)[0] == b"abc\0"
    assert held(b"begin 644 a\n#86)CX\n`\nend\n", tmp_path)[0] == b"abc"
    assert held(b"begin 644 a\r\n#86)Cx\r\n`\r\nend\r\n", tmp_path)[0] == b"abc"


@pytest.mark.case(70)
@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("share", [0.2, 0.6, 0.995])
def test_a_file_that_was_cut_is_an_error(wrap: Callable[[bytes], bytes], share: float, tmp_path: Path) -> None:
    whole = wrap(CONTENT)

    with pytest.raises(BadInput, match=r"ends early|damaged") as caught:
        held(whole[: int(len(whole) * share)], tmp_path)

    assert caught.value.code == "FILE_DECOMPRESS_INVALID_INPUT"


@pytest.mark.parametrize(
    "broken",
    [
        archives.lzipped(CONTENT)[:5] + b"\x0b" + archives.lzipped(CONTENT)[6:],
        archives.lzipped(CONTENT)[:5] + b"\x1e" + archives.lzipped(CONTENT)[6:],
        archives.lzipped(CONTENT)[:40] + b"\xff" * 9 + archives.lzipped(CONTENT)[49:],
        archives.lzipped(CONTENT)[:-20] + bytes(4) + archives.lzipped(CONTENT)[-16:],
        archives.lzipped(CONTENT)[:-1] + b"\1",
        b"begin 644 a\n#\x7f\x7f\x7f\x7f\n`\nend\n",
        b"begin-base64 644 a\naGVs*G8K\n====\n",
        b"begin-base64 644 a\naGVsbG8\n====\n",
    ],
)
def test_what_is_damaged_is_not_taken_for_whole(broken: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="damaged"):
        held(broken, tmp_path)


@pytest.mark.case(70)
def test_no_more_is_written_than_is_allowed_and_no_line_is_held_whole(tmp_path: Path) -> None:
    bomb = archives.lzipped(bytes(8_000_000))
    line = b"begin-base64 644 a\n" + b"AAAA" * 3_000_000 + b"\n====\n"

    tracemalloc.start()
    with pytest.raises(BadInput, match="more than 200 times its own size"):
        held(bomb, tmp_path, free=1_000_000)
    with pytest.raises(BadInput, match="more than the 1000000 bytes"):
        held(line, tmp_path, bytes=1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()

    assert (tmp_path / "inner").stat().st_size <= 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 a\nand so on, in words\n",
        b"begin 644 a\nAnd so on, in words\n",
        b"begin 644 a\n(which is a file)",
        b"We begin 644 a\n`\n",
        b"begin 999 a\n`\nend\n",
        b"LZIP\0\x14",
    ],
)
def test_a_text_that_only_looks_like_one_is_none(text: bytes, tmp_path: Path) -> None:
    assert kind_of(archives.write(tmp_path, "text", text)) is None
