"""Texts come in many letters, and are read with the right ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.tools import plain


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_text_in_any_usual_letters_becomes_utf_8(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding.endswith("-be") else ""
    source, target = tmp_path / "given", tmp_path / "made"
    source.write_bytes((mark + "für\r\nalle\n").encode(encoding))

    plain.rewritten(source, target, plain.letters_of(source))

    assert target.read_bytes().decode("utf-8-sig") == "für\r\nalle\n"


@pytest.mark.parametrize(
    ("text", "bad", "becomes"),
    [
        ("Grüße für Jörg".encode() + b"\xff!", 1, "Grüße für Jörg�!"),
        ("Grüße für Jörg €".encode()[:-1], 1, "Grüße für Jörg �"),
        (b"\xef\xbb\xbfein \xfc \xfc", 2, "ein � �"),
        ("ÄÄÄ".encode() + b"\xfc", 1, "ÄÄÄ�"),
        ("ÄÄ".encode() + b"\xfc", 0, "Ã„Ã„ü"),
        ("Grüße É”".encode("cp1252"), 0, "Grüße É”"),
    ],
)
def test_a_text_in_utf_8_stays_one_with_a_bad_byte(text: bytes, bad: int, becomes: str, tmp_path: Path) -> None:
    source, target = tmp_path / "given", tmp_path / "made"
    source.write_bytes(text)

    letters = plain.letters_of(source)
    plain.rewritten(source, target, letters)

    assert letters.bad == bad
    assert target.read_text("utf-8") == becomes


@pytest.mark.parametrize(
    ("head", "encoding", "words"),
    [
        ('<html><meta charset="Shift_JIS">', "cp932", "日本語①"),
        ("<META http-equiv=Content-Type content='text/html; charset=windows-1251'>", "cp1251", "Привет"),
        ('<?xml version="1.0" encoding="iso-8859-2"?>', "iso-8859-2", "Łódź"),
        (r"\usepackage[koi8-r]{inputenc}", "koi8-r", "Привет"),
        ("<meta charset=iso-8859-1>", "cp1252", "“für”"),
        ("<meta charset=unicode_escape>", "cp1252", "für"),
        ("<meta charset=big5>", "utf-8", "日本"),
    ],
)
def test_a_text_that_is_not_utf_8_is_what_it_says(head: str, encoding: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(head.encode() + words.encode(encoding))

    assert plain.read(tmp_path / "given") == head + words


def test_a_letter_that_lies_across_two_pieces_is_one(tmp_path: Path) -> None:
    source, target = tmp_path / "given", tmp_path / "made"
    source.write_text("a" * (plain.PIECE - 1) + "für" * 9, "utf-8")

    plain.rewritten(source, target, plain.letters_of(source))

    assert target.read_bytes() == source.read_bytes()
