"""Outbox: Notifications as rows. One is written in the transaction that ends its Assembly, so none is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from server.database.base import Rows
from server.model.assembly import Assembly
from server.model.notification import Attempt, Notification, first_id
from server.vault import Vault, place

TABLE = "notifications"


Due = tuple[str, str]  # the id of a Notification, and its target


class Outbox:
    """Used only inside transactions. `awake` is set when there may be something to send."""

    def __init__(self, vault: Vault | None = None) -> None:
        self.vault = vault
        self.awake = asyncio.Event()

    def write(self, rows: Rows, assembly: Assembly) -> None:
        """The one that an Assembly sends by itself."""
        at = assembly.finished or assembly.created
        self.add(rows, assembly, Notification(first_id(assembly.id), assembly.id, at, at))

    def add(self, rows: Rows, assembly: Assembly, made: Notification) -> None:
        host = urlsplit(made.url or assembly.notify_url or "").hostname
        rows.run(
            "add_notification",
            id=made.id,
            assembly=assembly.id,
            account=assembly.account,
            url=self._sealed(made.url, assembly.account, made.id),
            target=f"{assembly.account} {host}",
            created=made.created,
        )
        if made.url is None:
            assembly.notification = made

    def read(self, rows: Rows, id: str) -> Notification | None:
        row = rows.one("notification", id=id)
        return self._notification(rows, row) if row else None

    def log(self, rows: Rows, assembly: str) -> list[tuple[Notification, list[Attempt]]]:
        """All of an Assembly, with all that was tried."""
        found = rows.all("notifications", assembly=assembly)
        return [(self._notification(rows, row), _attempts(rows, row)) for row in found]

    def due(self, rows: Rows, at: float, most: int) -> tuple[list[Due], float | None]:
        """The oldest of those that are due, and when the next one will be."""
        later = rows.one("next_notification", at=at)
        return _due(rows.all("due_notifications", at=at, most=most)), later["due"] if later else None

    def due_elsewhere(self, rows: Rows, at: float, most: int, few: int) -> list[Due]:
        """Also what stands behind a target for which more wait than can be looked at: the first few of each."""
        return _due(rows.all("due_of_each_target", at=at, few=few, most=most))

    def record(self, rows: Rows, sent: Notification, attempt: Attempt, due: float | None) -> Notification:
        """An attempt that is over; `due` says when there is another one."""
        tried = replace(sent, tries=sent.tries + 1, due=due, last=attempt)
        failed = attempt.error is not None
        if rows.run("save_notification", id=sent.id, due=due, tries=tried.tries, failed=failed):
            told = {name: getattr(attempt, name) for name in Attempt.__slots__}
            rows.run("save_attempt", assembly=sent.assembly, notification=sent.id, number=tried.tries, **told)
        return tried

    def _notification(self, rows: Rows, row: Mapping[str, Any]) -> Notification:
        url = self._opened(row["url"], row["account"], row["id"])
        return replace(_written(rows, row), url=url)

    def _sealed(self, url: str | None, account: str, id: str) -> str | None:
        """It may hold a login or a token."""
        return self.vault.seal(url, place(TABLE, account, id)) if url and self.vault else url

    def _opened(self, url: str | None, account: str, id: str) -> str | None:
        return self.vault.open(url, place(TABLE, account, id)) if url and self.vault else url


def _due(found: list[dict[str, Any]]) -> list[Due]:
    return [(row["id"], row["target"]) for row in found]


def latest(rows: Rows, assembly: str) -> Notification | None:
    """The last that went where the Assembly's own instructions say."""
    row = rows.one("latest_notification", assembly=assembly)
    return _written(rows, row) if row else None


def _written(rows: Rows, row: Mapping[str, Any]) -> Notification:
    """All but the URL, which is sealed."""
    last = next(reversed(_attempts(rows, row)), None)
    return Notification(row["id"], row["assembly"], row["created"], row["due"], tries=row["tries"], last=last)


def _attempts(rows: Rows, row: Mapping[str, Any]) -> list[Attempt]:
    told = rows.all("attempts", assembly=row["assembly"], notification=row["id"])
    return [Attempt(**{name: one[name] for name in Attempt.__slots__}) for one in told]
