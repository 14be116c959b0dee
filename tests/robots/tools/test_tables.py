"""Tables come with many signs between their columns, and are read with the right ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.tools.tables import separator


@pytest.mark.parametrize(
    ("table", "sign"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ('a,b\n"1;2,\n3;4",5\n', ","),
        ("a,b;c\n1,2\n", ","),
        ("1,5;2\n2,5;3\n", ";"),
        ("one column\nof words\n", ","),
        ("a,b,c\n1;2\n", ","),
        ("", ","),
        ("Sales of May, June and July\n\na;b\n1,5;2\n2,5;3\n", ";"),
        ("Sales\nAs of May, without tax\na;b;c\n1,5;2;x\n2,5;3;y\n", ";"),
        ("Sales; by month\na,b,c\n1,2,3\n", ","),
        ("sep=;\na;b;c\n1,5;2;3\n", ";"),
        ('a;b\n5" pipe;1,5\n3" pipe;2,5\n', ";"),
        ("a;b", ";"),
    ],
)
def test_the_sign_between_columns_is_the_one_that_neighbours_have(table: str, sign: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(table, "utf-8")

    assert separator(path) == sign
