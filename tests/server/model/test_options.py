"""What instructions say beside their steps."""

from typing import Any

import pytest

from server.errors import ApiError
from server.model.options import Options, parse_options


def test_null_and_unknown_keys_are_tolerated() -> None:
    options = parse_options({"notify_url": None, "quiet": None, "randomize_watermarks": True, "auth": {"key": "k"}})

    assert options == Options()


def test_an_empty_list_of_fields_is_an_empty_object_as_php_writes_it() -> None:
    assert parse_options({"fields": []}).fields == {}


def test_fields_may_hold_any_json() -> None:
    assert parse_options({"fields": {"a": {"b": [1, None]}}}).fields == {"a": {"b": [1, None]}}


@pytest.mark.parametrize("url", ["https://example.com/hook?a=1", "http://[::1]:8080/", "http://10.0.0.1", "", None])
def test_a_notify_url_is_a_web_address(url: str | None) -> None:
    assert parse_options({"notify_url": url}).notify_url == (url or None)


@pytest.mark.parametrize(
    "url",
    [1, [], {}, "example.com", "ftp://example.com", "javascript:alert(1)", "http://", "http:///path", "http://a b",
     "http://a\r\nX: y", "http://[", "http://a:99999/", "http://a:0/", "https://" + "a" * 2000],
)  # fmt: skip
def test_any_other_notify_url_is_refused(url: Any) -> None:
    with pytest.raises(ApiError) as refused:
        parse_options({"notify_url": url})

    assert refused.value.code == "ASSEMBLY_INVALID_NOTIFY_URL"


@pytest.mark.parametrize(
    "params",
    [{"fields": "x"}, {"quiet": "perhaps"}, {"redirect_url": "javascript:alert(1)"}, {"notification_payload": ["x"]}],
)
def test_other_wrong_options_are_named(params: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        parse_options(params)

    assert refused.value.code == "INVALID_PARAMS_FIELD"
    assert next(iter(params)) in (refused.value.reason or "")
