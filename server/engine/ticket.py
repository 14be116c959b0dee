"""Ticket: a signed request that says it may be made once."""

from __future__ import annotations

from dataclasses import dataclass

from server.database.base import Rows
from server.errors import ApiError


@dataclass(frozen=True, slots=True)
class Ticket:
    """Known by the hash of what was signed, and worth nothing more once the request has expired."""

    digest: str
    expires: float

    def spend(self, rows: Rows) -> bool:
        """Whether it was not spent before; part of the transaction of what the request does."""
        return rows.run("spend_ticket", digest=self.digest, expires=self.expires) == 1


def redeem(rows: Rows, ticket: Ticket | None) -> None:
    """Raises ApiError, which undoes the transaction, when the ticket was spent before."""
    if ticket and not ticket.spend(rows):
        raise ApiError("SIGNATURE_REUSE_DETECTED")


def forget(rows: Rows, at: float) -> None:
    """Drops those that nobody can use any more."""
    rows.run("forget_tickets", before=at)
