"""Each security case has a test that shows it, or a reason why there is none, and SECURITY.md says which."""

import ast

import pytest

from tests.cases import SECURITY, filled, listed, marked, marks, without

SOURCE = """
import pytest
LISTED = [pytest.param(1, marks=pytest.mark.case(5))]
@pytest.mark.case(1, 2)
def test_one(): ...
@pytest.mark.case(3)
class TestAll:
    @pytest.mark.case(4)
    async def test_two(self): ...
@pytest.mark.parametrize("n", LISTED)
def test_three(n): ...
def made(): ...
"""


def test_a_mark_counts_wherever_it_stands() -> None:
    found = sorted(marks(ast.parse(SOURCE)))

    assert found == [(1, "test_one"), (2, "test_one"), (3, "test_two"), (4, "test_two"), (5, "test_three")]


def test_a_mark_on_a_file_counts_for_all_its_tests() -> None:
    found = sorted(marks(ast.parse("pytestmark = [pytest.mark.case(9)]\n" + SOURCE)))

    assert {name for number, name in found if number == 9} == {"test_one", "test_two", "test_three"}


def test_each_case_has_a_test_or_a_reason() -> None:
    cases, absent = listed()
    tests = marked()

    assert list(cases) == list(range(1, 131))
    assert [number for number in cases if number not in tests and not absent.get(number)] == []
    assert tests.keys() <= cases.keys()


def test_a_reason_goes_when_the_test_comes() -> None:
    absent, tests = listed()[1], marked()

    assert [number for number in absent if number in tests] == [], "make docs takes them out."
    assert without([9], '[absent]\n9 = "none"\n96 = "none"\n') == '[absent]\n96 = "none"\n'


def test_the_table_is_the_one_of_the_tests() -> None:
    text = SECURITY.read_text("utf-8")

    assert filled(text) == text, "make docs writes the table anew."


def test_a_page_without_a_place_for_the_table_is_told() -> None:
    with pytest.raises(ValueError, match="no place"):
        filled("# Security\n")
