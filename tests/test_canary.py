"""The search for secrets finds them."""

import base64
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from server.accounts import account
from server.config import Settings
from tests.canary import AUTH, MARK, escapes, secret, watch
from tests.vaulted import secrets_of_accounts
from tests.web import always, site


@pytest.mark.case(106)
@pytest.mark.parametrize("before", ["", "a", "me:", "user:"])
def test_a_canary_is_found_in_base64_wherever_it_begins(before: str) -> None:
    assert escapes(base64.b64encode(f"{before}{secret('x')}".encode()))
    assert escapes(f"{before}{secret('x')}".encode()) == [secret("x")]
    assert escapes(base64.b64encode(b"something else that is long enough for this")) == []


@pytest.mark.case(106)
async def test_an_answer_that_holds_a_secret_is_found() -> None:
    leaky = always(lambda: web.Response(text=f"<{MARK}>"))

    async with site(leaky) as home, ClientSession() as session, session.get(f"{home}/a") as response:
        await response.text()

    assert watch.taken() == [f"{MARK} in the answer to GET /a"]


@pytest.mark.case(106)
def test_a_line_of_the_log_that_holds_a_secret_is_found() -> None:
    logging.getLogger("robots.toy").error("it is %s", secret("x"))

    assert set(watch.taken()) == {f"{secret('x')} in the log of robots.toy"}


@pytest.mark.case(106)
def test_a_child_that_gets_a_secret_is_found() -> None:
    subprocess.run([sys.executable, "-c", "", secret("x")], check=True, env={"A": secret("y")})

    assert watch.taken() == [
        f"{secret('x')} in the command line of a child",
        f"{secret('y')} in the environment of a child",
    ]


@pytest.mark.case(106)
def test_a_file_that_holds_the_secret_of_the_server_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"..{AUTH}..")
    (tmp_path / "b").write_text("nothing")

    watch.folder(tmp_path)

    assert watch.taken() == [f"{AUTH} in the file a"]


@pytest.mark.case(106)
def test_the_secret_of_another_account_is_found_wherever_it_was_seen_but_where_it_is_told(tmp_path: Path) -> None:
    printed = account(Settings(data=tmp_path), ["add", "acme"])
    (theirs,) = secrets_of_accounts(tmp_path)
    (tmp_path / "a").write_bytes(base64.b64encode(f"..{theirs}..".encode()))
    for where in ("the answer to POST /auth_keys", "the answer to GET /auth_keys", "the log of robots.toy"):
        watch.look(where, f"..{theirs}..")

    watch.folder(tmp_path)

    places = ["the file a", "the answer to GET /auth_keys", "the log of robots.toy"]
    assert theirs in printed
    assert watch.taken() == [f"the secret of an account in {place}" for place in places]
