"""What a status shows of the params of its request."""

import json
from typing import Any

import pytest

from server.model.masking import masked


def shown(params: dict[str, Any]) -> Any:
    return json.loads(masked(params))


def test_the_key_and_the_secret_of_auth_are_hidden() -> None:
    assert shown({"auth": {"key": "k", "secret": "s", "expires": "2030"}}) == {
        "auth": {"key": "****", "secret": "****", "expires": "2030"}
    }


@pytest.mark.parametrize("name", ["password", "secret", "access_token", "private_key", "Authorization", "sas_token"])
def test_secrets_of_steps_are_hidden_wherever_they_stand(name: str) -> None:
    assert shown({"steps": {"a": [{"x": {name: "canary"}}]}}) == {"steps": {"a": [{"x": {name: "****"}}]}}


def test_header_lines_and_passwords_in_urls_are_hidden() -> None:
    params = {"headers": ["Authorization: Bearer canary", "Accept: */*"], "url": "https://me:canary@host/a"}

    assert shown(params) == {"headers": ["Authorization: ****", "Accept: */*"], "url": "https://****@host/a"}


def test_all_else_is_shown_as_it_came() -> None:
    params = {"steps": {"small": {"robot": "/image/resize", "width": 75, "zoom": False, "text": None}}}

    assert shown(params) == params
