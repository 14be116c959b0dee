"""What `params.auth` may hold: what is described is what is read."""

from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import ApiError
from server.model.auth import CODES, AuthParams
from server.model.schema import cleaned

DESCRIBED = jsonschema_rs.validator_for(cleaned(AuthParams.model_json_schema()))
SOON = "2026/01/10 12:02:05+00:00"
PLAIN = (
    st.none() | st.booleans() | st.integers(-2, 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.text(), PLAIN, max_size=2)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-01-10T12:02:05.826Z", datetime(2026, 1, 10, 12, 2, 5, tzinfo=UTC)),
        ("2026/01/10 12:02:05+00:00", datetime(2026, 1, 10, 12, 2, 5, tzinfo=UTC)),
        ("2026/01/10 12:02:5+00:00", datetime(2026, 1, 10, 12, 2, 5, tzinfo=UTC)),
        ("2026/01/10 12:02:05", datetime(2026, 1, 10, 12, 2, 5, tzinfo=UTC)),
        ("2026-01-10T12:02:05+05:30", datetime(2026, 1, 10, 6, 32, 5, tzinfo=UTC)),
        ("2026/01/10 12:02:05 UTC", datetime(2026, 1, 10, 12, 2, 5, tzinfo=UTC)),
        ("2026/01/10 12:02:05-0100", datetime(2026, 1, 10, 13, 2, 5, tzinfo=UTC)),
    ],
)
def test_every_sdk_writes_expires_in_its_own_way(given: str, moment: datetime) -> None:
    assert AuthParams.of({"expires": given}, "expires").expires == moment


@settings(max_examples=200, deadline=None, database=None)
@given(name=st.sampled_from(sorted({*CODES, "nonce"} - {"expires"})), value=VALUES)
def test_what_its_description_refuses_is_refused_and_nothing_else(name: str, value: Any) -> None:
    assert DESCRIBED.is_valid({name: value}) is (refusal("key", name, **{name: value}) is None)


WRONG: dict[str, list[Any]] = {
    "key": ["", 1, True, []],
    "referer": [1, {}, "a" * 1025],
    "max_size": [-1, "12", True, 1.5, []],
    "max_number_of_files": [0, "1", False],
}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [(name, value) for name, values in WRONG.items() for value in values],
    ids=lambda one: str(one)[:20],
)
def test_each_field_has_its_own_code(name: str, wrong: Any) -> None:
    assert refusal(name, **{name: wrong, "expires": "never"}) == CODES[name]
    assert refusal("expires", **{name: wrong, "expires": "never"}) == CODES["expires"]


def test_a_field_that_is_not_asked_for_is_not_looked_at() -> None:
    told = AuthParams.of({"key": "k", "expires": SOON, "max_size": "much"}, "key", "expires")

    assert (told.key, told.max_size) == ("k", None)


def refusal(*names: str, **auth: Any) -> str | None:
    """The code with which it is refused, if it is."""
    try:
        AuthParams.of(auth, *names)
    except ApiError as error:
        return error.code
    return None
