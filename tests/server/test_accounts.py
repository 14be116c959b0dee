"""`run.py account`, with and without a server on the folder."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from ipaddress import ip_network
from pathlib import Path

import pytest

from server.accounts import OPTIONS, USAGE, account
from server.config import Settings, WrongSetting
from server.database.sqlite import DATABASE
from server.model.account import first_account
from tests.forked import ROOT
from tests.inside import client, inside
from tests.live import KEY, SECRET
from tests.owner import Owner

PAIR = re.compile(r"auth_key +(\w+)\nauth_secret +(\w+)\n")


def settings(data: Path) -> Settings:
    return Settings(data=data, auth_key=KEY, auth_secret=SECRET, allow_private_networks=(ip_network("127.0.0.0/8"),))


def told(data: Path, *words: str) -> str:
    return account(settings(data), words)


def pair(text: str) -> tuple[str, str]:
    found = PAIR.search(text)
    assert found, text
    return found[1], found[2]


async def test_an_account_that_was_added_before_the_start_signs(tmp_path: Path) -> None:
    key, secret = pair(told(tmp_path / "data", "add", "acme"))

    async with inside(tmp_path / "data") as app, client(app) as http:
        assert "items" in await Owner(http, secret, key=key).ask("GET", "/templates")


async def test_a_running_server_follows(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with inside(data) as app, client(app) as http:
        key, secret = pair(await asyncio.to_thread(told, data, "add", "acme", "require_template=yes"))
        await app.parts.accounts.look(1.0)
        owner = Owner(http, secret, key=key)
        made = await owner.ask("POST", "/assemblies", steps={"a": {"robot": "/http/import", "url": "http://a"}})
        await asyncio.to_thread(told, data, "remove", "acme")
        await app.parts.accounts.look(2.0)
        gone = await owner.ask("GET", "/templates")

    assert made["error"] == "NO_TEMPLATE_ID"
    assert gone["error"] == "GET_ACCOUNT_UNKNOWN_AUTH_KEY"


def test_options_are_set_listed_and_taken_back(tmp_path: Path) -> None:
    told(tmp_path / "data", "add", "acme", "max_assembly_size=2GB", "disallowed_robots=/http/import,/s3/store")
    told(tmp_path / "data", "set", "first", "max_running=3")

    before = told(tmp_path / "data", "list").splitlines()
    after = told(tmp_path / "data", "set", "acme", "max_assembly_size=default")

    assert before[-1].startswith("acme ") or before[0].startswith("acme ")
    (acme,) = (line for line in before if line.startswith("acme"))
    (first,) = (line for line in before if line.startswith("first"))
    assert acme.endswith("disallowed_robots=/http/import, /s3/store  max_assembly_size=2GB")
    assert first == f"first  {first_account(KEY)}  max_running=3"
    assert "max_assembly_size" not in after


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "acme"], "account: there is an account acme already."),
        (["add", "first"], "account: there is an account first already."),
        (["add", "Über"], "The name of an account has up to 40 small letters, digits, dashes and underscores."),
        (["remove", "first"], "account: the first account is that of the settings"),
        (["key", "nobody"], "account: there is no account nobody"),
        (["set", "acme", "colour=red"], "account: colour is no option"),
        (["set", "acme", "max_running=many"], "account: max_running=many is not a whole number."),
    ],
)
def test_a_slip_is_told_and_changes_nothing(tmp_path: Path, words: list[str], sentence: str) -> None:
    told(tmp_path / "data", "add", "acme")
    before = told(tmp_path / "data", "list")

    with pytest.raises(WrongSetting) as caught:
        told(tmp_path / "data", *words)

    assert str(caught.value).startswith(sentence)
    assert told(tmp_path / "data", "list") == before


def test_alone_it_says_how_it_is_used(tmp_path: Path) -> None:
    assert told(tmp_path / "data") == told(tmp_path / "data", "add") == USAGE
    assert [name for name in OPTIONS if f"  {name} " not in USAGE] == []
    assert not (tmp_path / "data").exists()


@pytest.mark.case(106)
async def test_the_secret_is_printed_and_nowhere_else(tmp_path: Path) -> None:
    command = [sys.executable, "run.py", "account", "add", "acme", "--data", str(tmp_path / "data")]
    child = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, stdout=PIPE, stderr=STDOUT
    )
    printed = (await child.communicate())[0].decode()
    _, secret = pair(printed)

    assert printed.count(secret) == 1
    assert secret not in told(tmp_path / "data", "list")
    for path in (tmp_path / "data").glob(f"{DATABASE}*"):
        assert secret.encode() not in path.read_bytes()
