"""The size of a JPEG XL is known before it is decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.base.errors import BadInput
from robots.base.geometry import Size
from robots.tools.images.jxl import size_of
from tests import samples


@pytest.mark.parametrize("size", [(120, 90), (64, 64), (8, 256), (1, 1), (1000, 3), (3, 700), (160, 90), (300, 257)])
def test_the_size_is_in_the_header(tmp_path: Path, size: tuple[int, int]) -> None:
    assert size_of(samples.jxl(tmp_path, *size)) == Size(*size)


def test_a_file_without_a_codestream_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 40)

    with pytest.raises(BadInput):
        size_of(path)
