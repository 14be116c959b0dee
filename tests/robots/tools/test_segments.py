"""Pieces of a video have names that survive a URL, and a playlist that joins them."""

from pathlib import Path

import pytest

from robots.base.errors import BadParams
from robots.tools.segments import LIST, Piece, Segments, playlist


def cut(folder: Path, segments: Segments) -> list[Piece]:
    (folder / LIST).write_text("000000.ts,0.000000,10.000000\n000001.ts,10.000000,13.500000\n")
    return segments.pieces(folder)


def test_pieces_are_numbered(tmp_path: Path) -> None:
    first, second = cut(tmp_path, Segments(prefix="clip"))

    assert first == Piece(tmp_path / "000000.ts", "clip0.ts", 0, 10)
    assert second == Piece(tmp_path / "000001.ts", "clip1.ts", 10, 13.5)


def test_a_piece_lasts_until_the_next_one_begins(tmp_path: Path) -> None:
    (tmp_path / LIST).write_text("0.ts,0.000000,9.800000\n1.ts,10.200000,19.800000\n2.ts,20.200000,25.200000\n")

    pieces = Segments().pieces(tmp_path)

    assert [(piece.starts_at, piece.ends_at) for piece in pieces] == [(0, 10.2), (10.2, 20.2), (20.2, 25.2)]


def test_names_keep_to_letters_that_urls_leave_alone(tmp_path: Path) -> None:
    pieces = cut(tmp_path, Segments(prefix="../a b", name="${segment_prefix}ü#${segment_number}.ts"))

    assert [piece.name for piece in pieces] == [".._a-b__0.ts", ".._a-b__1.ts"]


def test_names_must_differ(tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="segment_number"):
        cut(tmp_path, Segments(name="same.ts"))


def test_the_playlist_holds_every_piece(tmp_path: Path) -> None:
    lines = playlist(cut(tmp_path, Segments())).splitlines()

    assert lines[0] == "#EXTM3U"
    assert "#EXT-X-TARGETDURATION:10" in lines
    assert lines[-5:] == ["#EXTINF:10.000000,", "0.ts", "#EXTINF:3.500000,", "1.ts", "#EXT-X-ENDLIST"]
