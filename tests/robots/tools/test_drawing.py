"""A drawing that a program made is looked at before anybody gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.base.errors import RobotError
from robots.tools.drawing import examine

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
SIZED = f'{HEAD}width="20.5pt" height="10">'


def told(folder: Path, drawing: str) -> dict[str, bool]:
    path = folder / "a.svg"
    path.write_text(drawing, "utf-8")
    return examine(str(path))


@pytest.mark.parametrize(
    ("inside", "letters"),
    [
        ('<path d="M 0 0 L 9 9"/>', False),
        ('<image width="1" height="1" xlink:href="data:image/png;base64,AAAA"/>', False),
        ('<rect width="9" height="9" style="fill:url(#linear0)"/>', False),
        ('<defs><symbol id="glyph0-1"><path d="M 0 0"/></symbol></defs><use xlink:href="#glyph0-1"/>', True),
    ],
)
def test_what_is_whole_and_stands_alone_is_good(tmp_path: Path, inside: str, letters: bool) -> None:
    assert told(tmp_path, f"{SIZED}{inside}</svg>") == {"letters": letters}


@pytest.mark.case(63)
@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        (f"{SIZED}<rect/>", "did not come out whole"),
        ("", "did not come out whole"),
        (f"{HEAD}><rect/></svg>", "without a size"),
        (f'{HEAD}width="0pt" height="0"><rect/></svg>', "without a size"),
        (f'{HEAD}width="100%" height="1"><rect/></svg>', "without a size"),
        ('<svg width="9" height="9"><rect/></svg>', "without a size"),
        (f"{SIZED}<defs><rect/></defs><g/></svg>", "Nothing is drawn"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{SIZED}<rect/></svg>', "document type"),
        (f"{SIZED}<rect/><script>1</script></svg>", "lies outside"),
        (f'{SIZED}<rect onload="1"/></svg>', "lies outside"),
        (f'{SIZED}<image xlink:href="file:///etc/passwd"/></svg>', "lies outside"),
        (f'{SIZED}<image href="http://a.example/b.png"/></svg>', "lies outside"),
        (f'{SIZED}<image href="data:image/svg+xml;base64,AAAA"/></svg>', "lies outside"),
        (f"{SIZED}<rect style=\"fill:url( 'http://a.example')\"/></svg>", "lies outside"),
    ],
)
def test_a_drawing_that_is_not_whole_or_does_not_stand_alone_is_refused(
    tmp_path: Path, drawing: str, said: str
) -> None:
    with pytest.raises(RobotError, match=said):
        told(tmp_path, drawing)
