"""Accounts and their auth keys, and what may be said of them."""

from typing import Any

import pytest

from server.errors import ApiError
from server.model.account import Account, AuthKey, NewAuthKeyParams

CODE = "AUTH_KEY_NOT_UPDATED"
KEY = AuthKey("k", "s", Account("a"))


def changed(key: AuthKey, params: dict[str, Any]) -> AuthKey:
    return key.changed(NewAuthKeyParams.read(params, CODE))


def test_what_the_params_do_not_name_stays() -> None:
    made = changed(KEY, {"scope": "read", "signature_algo": "sha384", "description": "for the shop"})

    again = changed(made, {"is_active": "0", "scope": None, "auth": {}})

    assert (again.scopes, again.algo, again.description, again.active) == (
        frozenset({"read"}),
        "sha384",
        "for the shop",
        False,
    )
    assert changed(again, {"signature_algo": None}).algo is None


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"scope": "burn"}, "there is no scope 'burn'"),
        ({"scope": " "}, "must name"),
        ({"scope": ["read"]}, "must name"),
        ({"signature_algo": "md5"}, "'sha1', 'sha256' or 'sha384'"),
        ({"signature_algo": ["sha1"]}, "'sha1', 'sha256' or 'sha384'"),
        ({"is_active": "yes"}, "must be true or false"),
        ({"is_active": "maybe"}, "`is_active` must be true or false"),
        ({"can_show_auth_secret": {}}, "must be true or false"),
        ({"description": 5}, "must be a text"),
        ({"description": "x" * 1001}, "at most 1000"),
    ],
)
def test_what_cannot_be_is_told(params: dict[str, Any], word: str) -> None:
    with pytest.raises(ApiError, match=word) as caught:
        changed(KEY, params)

    assert caught.value.code == CODE


@pytest.mark.parametrize("given", ["short", "with space", "x" * 65, 5, "äöüäöüäö"])
def test_a_key_of_ones_own_is_plain(given: Any) -> None:
    assert NewAuthKeyParams.read({"auth_key": "my-shop_2026"}, CODE).auth_key == "my-shop_2026"
    with pytest.raises(ApiError, match="8 to 64"):
        NewAuthKeyParams.read({"auth_key": given}, CODE)


def test_options_are_laid_over_an_account() -> None:
    made = Account("a").changed({"max_running": 3, "disallowed_robots": ["/http/import"]})

    assert (made.max_running, made.disallowed_robots, made.id) == (3, frozenset({"/http/import"}), "a")
