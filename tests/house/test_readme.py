"""The README says what the code says."""

import pytest

from server.config import TABLE
from server.docs import README, filled, robots_table, settings_table


@pytest.mark.parametrize("table", [settings_table, robots_table])
def test_a_table_of_the_readme_is_the_one_of_the_code(table: object) -> None:
    assert callable(table)
    assert table() in README.read_text("utf-8"), "make docs writes the tables anew."


def test_filling_in_the_tables_changes_nothing() -> None:
    text = README.read_text("utf-8")

    assert filled(text) == text


def test_each_setting_is_in_the_readme_once() -> None:
    text = README.read_text("utf-8")

    assert [name for name in TABLE if text.count(f"| `{name}` |") != 1] == []
