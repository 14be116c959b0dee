"""What the terminal shows can be pasted."""

import json
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from server import banner
from server.config import Settings

ORIGIN = "http://127.0.0.1:8080"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SETTINGS = Settings(auth_key="k3y", auth_secret="s3cret")


def fields(settings: Settings) -> dict[str, str]:
    words = shlex.split(banner.curl(settings, ORIGIN, NOW))
    assert (words[0], words[-1]) == ("curl", f"{ORIGIN}/assemblies")
    return dict(word.split("=", 1) for flag, word in pairwise(words) if flag in {"--form-string", "-F"})


def test_it_shows_the_address_the_key_and_the_secret() -> None:
    words = banner.text(SETTINGS, ORIGIN, NOW, first=True)

    assert all(told in words for told in (ORIGIN, "k3y", "s3cret", "errorReporting: false", f"service: '{ORIGIN}'"))


@pytest.mark.case(93)
def test_a_later_start_says_where_the_secret_is_and_not_what_it_is() -> None:
    words = banner.text(replace(SETTINGS, require_signature=True), ORIGIN, NOW, first=False)

    assert "s3cret" not in words
    assert "it is in data/auth.json" in words


def test_the_curl_sends_a_file_that_is_there_through_a_robot() -> None:
    sent = fields(SETTINGS)

    params = json.loads(sent["params"])
    assert params["auth"] == {"key": "k3y"}
    assert [step["robot"] for step in params["steps"].values()] == ["/image/resize"]
    assert Path(sent["file"].removeprefix('@"').removesuffix('"')).is_file()


@pytest.mark.parametrize("key", ["it's", 'a "b"; c', "$(id)"])
def test_a_strange_key_arrives_as_it_is(key: str) -> None:
    assert json.loads(fields(replace(SETTINGS, auth_key=key))["params"])["auth"]["key"] == key


def test_where_signatures_are_required_the_curl_is_signed_for_a_day() -> None:
    sent = fields(replace(SETTINGS, require_signature=True))

    assert json.loads(sent["params"])["auth"]["expires"] == "2026/11/22 12:00:00+00:00"
    assert sent["signature"] == banner.signed("s3cret", sent["params"])
