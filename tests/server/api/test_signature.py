"""Tests of who may send a request."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.api.signature import Auth, Authenticated, authenticate, sign
from server.errors import ApiError
from server.model.account import Account, AuthKey

NOW = datetime(2026, 1, 10, 12, 0, 0, tzinfo=UTC)
SOON = "2026/01/10 12:02:05+00:00"
ACCOUNT = AuthKey("k", "s", Account("a"))

VECTOR = '{"auth":{"key":"k","expires":"2030/01/01 00:00:00+00:00"},"steps":{}}'
SHA1 = "ae2a4e0ede46a2e692e0506d93417a78345c31a7"
SHA256 = "04bd5816010053a45490f48a19a56dfa79de19a3f7041582bb8a06a110848693"
SHA384 = "8bbbfc79a4c5bda00bf1f967ae8d81c0c7e56f210c56d09f81ee898fec8d88ffc2e7ef970049bdea8c5779b1bc34e03b"


def ask(text: str | None, signature: str | None = None, account: AuthKey = ACCOUNT, **given: Any) -> Authenticated:
    keys = {account.key: account}
    told = {"referer": None, "now": NOW, "required": False, **given}
    return authenticate(text, signature, keys=keys.get, **told)


def refused(text: str | None, signature: str | None = None, account: AuthKey = ACCOUNT, **given: Any) -> str:
    with pytest.raises(ApiError) as caught:
        ask(text, signature, account, **given)
    assert caught.value.status == 400
    return caught.value.code


def auth(**given: Any) -> str:
    return json.dumps({"auth": {"key": "k", **given}, "steps": {}})


@pytest.mark.parametrize(("algo", "digest"), [("sha1", SHA1), ("sha256", SHA256), ("sha384", SHA384)])
def test_the_signatures_are_those_of_the_sdks(algo: str, digest: str) -> None:
    assert sign("s", VECTOR, algo) == f"{algo}:{digest}"


@pytest.mark.parametrize(
    "signature", [SHA1, f"sha1:{SHA1}", f"sha256:{SHA256}", f"SHA384:{SHA384}", f"sha384:{SHA384}"]
)
def test_a_right_signature_passes(signature: str) -> None:
    told = ask(VECTOR, signature, required=True)

    assert told.key == ACCOUNT
    assert told.params == json.loads(VECTOR)
    assert told.auth == Auth()


WRONG = {
    "empty": "",
    "no digest": "sha384:",
    "of another text": sign("s", VECTOR + " "),
    "of another secret": sign("t", VECTOR),
    "too short": f"sha384:{SHA384[:-1]}",
    "upper case": f"sha384:{SHA384.upper()}",
    "a space behind it": f"sha384:{SHA384} ",
    "another algorithm's": f"sha1:{SHA384}",
    "of SHA-384 without its name": SHA384,
    "md5": "md5:0cc175b9c0f1b6a831c399e269772661",
    "none": "none:",
    "not ASCII": "sha384:" + "é" * 96,
    "half a surrogate": "sha384:\udc80",
}


@pytest.mark.case(2)
@pytest.mark.parametrize("signature", WRONG.values(), ids=WRONG)
def test_a_wrong_signature_is_refused_even_when_none_is_required(signature: str) -> None:
    assert refused(VECTOR, signature) == "INVALID_SIGNATURE"


def test_a_key_can_demand_its_algorithm() -> None:
    pinned = replace(ACCOUNT, algo="sha384")

    assert ask(VECTOR, f"sha384:{SHA384}", pinned).key == pinned
    assert refused(VECTOR, SHA1, pinned) == "INVALID_SIGNATURE"


def test_an_account_without_a_secret_has_no_signatures() -> None:
    bare = AuthKey("k", "", Account("a"))

    assert ask(VECTOR, None, bare).key == bare
    assert refused(VECTOR, sign("", VECTOR), bare) == "INVALID_SIGNATURE"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "NO_PARAMS_FIELD"),
        ("{", "INVALID_PARAMS_FIELD"),
        ("[]", "NO_OBJECT_PARAMS_FIELD"),
        ("{}", "NO_AUTH_PARAMETER"),
        ('{"auth": null}', "NO_AUTH_PARAMETER"),
        ('{"auth": "k"}', "NO_OBJECT_AUTH_PARAMETER"),
        ('{"auth": {}}', "NO_AUTH_KEY_PARAMETER"),
        ('{"auth": {"key": null}}', "NO_AUTH_KEY_PARAMETER"),
        ('{"auth": {"key": 1}}', "INVALID_AUTH_KEY_PARAMETER"),
        ('{"auth": {"key": ""}}', "INVALID_AUTH_KEY_PARAMETER"),
        ('{"auth": {"key": "other"}}', "GET_ACCOUNT_UNKNOWN_AUTH_KEY"),
        (auth(referer="("), "INVALID_AUTH_REFERER_PARAMETER"),
        (auth(referer="^http://a"), "REFERER_MISMATCH"),
        (auth(), "NO_AUTH_EXPIRES_PARAMETER"),
        (auth(expires=""), "INVALID_AUTH_EXPIRES_PARAMETER"),
        (auth(expires="2020/01/01 00:00:00+00:00"), "AUTH_EXPIRED"),
        (auth(expires=SOON), "NO_SIGNATURE_FIELD"),
    ],
)
def test_the_first_thing_that_is_missing_is_told(text: str | None, code: str) -> None:
    """Each line passes all checks of the lines above it."""
    assert refused(text, required=True, referer="http://b/") == code


def test_a_signature_is_needed_when_the_account_wants_one() -> None:
    strict = replace(ACCOUNT, account=Account("a", require_signature=True))

    assert ask(auth(expires="long ago")).key == ACCOUNT
    assert refused(auth(expires=SOON), None, strict) == "NO_SIGNATURE_FIELD"


def test_expiry_is_checked_before_the_signature_with_a_minute_for_clocks() -> None:
    text = auth(expires="2026-01-10T11:59:30.826Z")

    assert ask(text, sign("s", text)).key == ACCOUNT
    assert refused(text, "wrong", now=NOW + timedelta(seconds=31)) == "AUTH_EXPIRED"


NO_DATES = ["", "0", 0, 1768046525, True, [], "tomorrow", "2026/01/10", "2026-02-30T00:00:00Z", "2026/01/10 25:61:00"]
NO_DATES += ["2026-01/10 12:00:00", "2026/01/10 12:00:00+99:00", "0000/01/01 00:00:00", "٢٠٢٦/01/10 12:00:00"]
NO_DATES += ["2026/01/10 12:00:00Z\n", "1" * 1_000_000, "0001/01/01 00:00:00+14:00", "9999-99-99T00:00:00Z"]


@pytest.mark.case(5)
@pytest.mark.parametrize("given", NO_DATES, ids=lambda given: str(given)[:20])
def test_what_is_no_date_is_told_so(given: Any) -> None:
    assert refused(auth(expires=given), required=True) == "INVALID_AUTH_EXPIRES_PARAMETER"


def test_the_end_of_time_is_no_trouble() -> None:
    text = auth(expires="9999/12/31 23:59:59+00:00")

    assert ask(text, sign("s", text)).key == ACCOUNT


@pytest.mark.parametrize("size", [0, 1000, 1e6, None])
def test_sizes_are_whole_numbers(size: Any) -> None:
    assert ask(auth(max_size=size, max_number_of_files=3)).auth == Auth(size, 3)


@pytest.mark.case(13)
@pytest.mark.parametrize("size", [-1, "12", True, 1.5, [], {}])
def test_a_wrong_max_size_is_told(size: Any) -> None:
    assert refused(auth(max_size=size)) == "INVALID_AUTH_MAX_SIZE_PARAMETER"


@pytest.mark.case(13)
@pytest.mark.parametrize("files", [0, -1, "1", False, 0.5])
def test_a_wrong_max_number_of_files_is_told(files: Any) -> None:
    assert refused(auth(max_number_of_files=files)) == "INVALID_AUTH_MAX_NUMBER_OF_FILES_PARAMETER"
