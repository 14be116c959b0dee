"""`run.py account`: how the operator adds, lists, changes and removes accounts, while the server runs or not."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from server import lost
from server.config import Settings, WrongSetting
from server.database.base import Unusable
from server.database.sqlite import DATABASE, Rows, connect, queries
from server.engine import register
from server.keys import first, with_keys
from server.lock import Lock
from server.master_key import known, unlocked
from server.model.account import Account, AuthKey
from server.values import COUNT, LIMIT, NAMES, SIZE, SWITCH, Kind
from server.vault import Vault

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
OPTIONS: dict[str, tuple[Kind, str]] = {
    "require_signature": (SWITCH, "refuses requests that are not signed"),
    "require_template": (SWITCH, "refuses Assemblies that are not made from a Template"),
    "disallowed_robots": (NAMES, "robots that its Assemblies may not use"),
    "max_creations": (LIMIT, "new Assemblies in a minute; 0 is no limit"),
    "max_running": (LIMIT, "Assemblies that go on at the same time; 0 is no limit"),
    "max_assembly_files": (COUNT, "uploads and results of one Assembly"),
    "max_assembly_size": (SIZE, "bytes of all uploads and results of one Assembly"),
    "max_assembly_jobs": (COUNT, "runs of steps on files in one Assembly"),
}
DEFAULT = "default"  # the value that takes an option away again
USAGE = f"""run.py account add NAME [option=value ...]   a new account; prints its key and, this once, its secret
run.py account key NAME                      one more key of it, likewise
run.py account set NAME option=value ...     changes options; the value `{DEFAULT}` takes one back
run.py account list                          all accounts and their options
run.py account remove NAME                   an account with its keys, Templates and Template Credentials

A running server follows within a second. `--data` says which one is meant, and each account has these options:
""" + "\n".join(f"  {name:19} {kind.name:9} {help}" for name, (kind, help) in OPTIONS.items())


def account(settings: Settings, words: Sequence[str]) -> str:
    """Does what the words say, and gives what there is to be said of it; raises WrongSetting."""
    if not words or words[0] not in ACTIONS or len(words) < (least := ACTIONS[words[0]][1]):
        return USAGE
    act, _ = ACTIONS[words[0]]
    settings = with_keys(settings)
    name, options = (words[1] if least > 1 else ""), _options(words[2:])
    if name and not NAME.fullmatch(name):
        raise WrongSetting("The name of an account has up to 40 small letters, digits, dashes and underscores.")
    try:
        with _opened(settings) as (rows, vault):
            return act(Order(rows, vault, name, options, first(settings).account))
    except register.Refused as error:
        raise WrongSetting(f"account: {error}") from error


class Order:
    """What an action works with."""

    def __init__(self, rows: Rows, vault: Vault, name: str, options: dict[str, Any], first: Account) -> None:
        self.rows = rows
        self.vault = vault
        self.name = name
        self.options = options
        self.first = first


def _add(order: Order) -> str:
    made = register.add(order.rows, order.vault, order.name, order.options, time.time())
    return f"The account {order.name} was added.\n{_pair(made)}"


def _key(order: Order) -> str:
    owner = register.found(order.rows, order.name, order.first)
    return _pair(register.add_key(order.rows, order.vault, owner, time.time()))


def _set(order: Order) -> str:
    register.change(order.rows, order.name, order.options, order.first, time.time())
    return _line(register.found(order.rows, order.name, order.first))


def _list(order: Order) -> str:
    return "\n".join(_line(account) for account in register.listed(order.rows, order.first))


def _remove(order: Order) -> str:
    register.remove(order.rows, order.name, order.first)
    return f"The account {order.name} was removed."


# What there is to do, and how many words it takes at least.
ACTIONS: dict[str, tuple[Callable[[Order], str], int]] = {
    "add": (_add, 2),
    "key": (_key, 2),
    "set": (_set, 3),
    "list": (_list, 1),
    "remove": (_remove, 2),
}


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Rows, Vault]]:
    """One transaction on the database. Where no server runs, none starts meanwhile, and what it would make is made."""
    lock = Lock(settings.data / "lock")
    try:
        lock.take()
    except WrongSetting:
        vault = known(settings)
    else:
        vault = unlocked(settings)
    try:
        if vault is None:
            raise WrongSetting(f"The server on {settings.data} is just starting; try again in a moment.")
        if told := lost.sentence(settings.data):
            raise WrongSetting(told)
        with _transaction(settings) as rows:
            yield rows, vault
    finally:
        lock.release()


@contextmanager
def _transaction(settings: Settings) -> Iterator[Rows]:
    path = settings.data / DATABASE
    try:
        connection = connect(str(path))
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield Rows(connection, queries())
            connection.execute("COMMIT")
        finally:
            connection.close()  # which undoes what was not committed
    except (sqlite3.Error, Unusable) as error:
        raise WrongSetting(f"{path} cannot be used: {error}") from error


def _options(words: Sequence[str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in OPTIONS:
            raise WrongSetting(f"account: {name} is no option; there are {', '.join(OPTIONS)}.")
        try:
            read[name] = None if value == DEFAULT else OPTIONS[name][0].read(value)
        except ValueError as error:
            raise WrongSetting(f"account: {name}={value} {error}.") from error
    return read


def _pair(made: AuthKey) -> str:
    return f"auth_key     {made.key}\nauth_secret  {made.secret}\nThe secret is shown only now."


def _line(account: Account) -> str:
    shown = [
        f"{name}={kind.show(sorted(value) if kind is NAMES else value)}"
        for name, (kind, _) in OPTIONS.items()
        if (value := getattr(account, name)) not in (None, False, frozenset())
    ]
    return "  ".join([account.name, account.id, *shown])
