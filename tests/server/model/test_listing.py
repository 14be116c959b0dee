"""Which of many things a list shows."""

from typing import Any

import pytest

from server.errors import ApiError
from server.model.listing import listing, moment

ROWS = [{"id": str(n), "name": f"n{9 - n}", "created": 100.0 * n} for n in range(5)]


def shown(**params: Any) -> list[str]:
    wish = listing(params, ("id", "name", "created"), "TEMPLATE_LIST_ERROR")
    return [row["id"] for row in wish.paged(wish.sorted(ROWS))]


def test_the_newest_come_first_unless_something_else_is_asked() -> None:
    assert shown() == ["4", "3", "2", "1", "0"]
    assert shown(order="asc") == ["0", "1", "2", "3", "4"]
    assert shown(sort="name", order="asc") == ["4", "3", "2", "1", "0"]
    assert shown(sort=None, page=None, keywords="") == shown()


def test_pages_follow_each_other_and_end() -> None:
    assert [shown(pagesize=2, page=page) for page in (1, 2, 3, 4)] == [["4", "3"], ["2", "1"], ["0"], []]
    assert shown(pagesize="2", page="2") == ["2", "1"]


@pytest.mark.parametrize(
    "date", ["1970-01-01 00:03:20", "1970/01/01 00:03:20", "1970-01-01T00:03:20Z", "1970-01-01T00:03:20.000+00:00"]
)
def test_dates_are_read_in_all_the_ways_that_clients_write_them(date: str) -> None:
    assert shown(fromdate=date) == ["4", "3", "2"]
    assert shown(todate=date) == ["2", "1", "0"]
    assert shown(fromdate="1970-01-02") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": 0},
        {"pagesize": 5001},
        {"pagesize": "many"},
        {"sort": "secret"},
        {"order": "up"},
        {"fromdate": "yesterday"},
        {"todate": "2026-13-01"},
        {"keywords": {}},
        {"include_builtin": "some"},
    ],
)
def test_a_wish_that_cannot_be_is_told_with_the_code_of_its_list(wrong: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as error:
        shown(**wrong)

    assert error.value.code == "TEMPLATE_LIST_ERROR"
    assert next(iter(wrong)) in str(error.value)


def test_a_keyword_is_heard_under_both_names() -> None:
    assert listing({"keyword": "a b"}, ("created",), "X_ERROR").keywords == ["a", "b"]
    assert listing({"keywords": ["a b"]}, ("created",), "X_ERROR").keywords == ["a b"]


def test_a_moment_is_written_so_that_every_client_reads_it() -> None:
    assert (moment(1469806039.0), moment(None)) == ("2016-07-29T15:27:19.000Z", None)
