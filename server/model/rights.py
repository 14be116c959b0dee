"""Rights: what an auth key or a bearer token may do, told in scopes."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Scopes of parts that this server lacks are known too, so that a key which has them everywhere can have them here.
SCOPES = (
    *("read", "write", "assemblies:read", "assemblies:write", "assembly_notifications:write"),
    *("templates:read", "templates:write", "template_credentials:read", "template_credentials:write"),
    *("auth_keys:read", "auth_keys:write", "billing:read", "queues:read", "smart_cdn:sign"),
    *("dam:read", "dam:write", "storage_grants:write"),
)
Scopes = frozenset[str] | None  # None is everything


def scopes(text: str) -> frozenset[str]:
    """Those of a text, with spaces or commas between them; raises ValueError, which names one that there is not."""
    found = frozenset(filter(None, re.split(r"[\s,]+", text)))
    if unknown := sorted(found - set(SCOPES)):
        raise ValueError(f"there is no scope {unknown[0][:50]!r}")
    return found


def written(held: Scopes) -> str:
    """The text of scopes, in the order in which they are listed."""
    return " ".join(scope for scope in SCOPES if held is None or scope in held)


def allows(held: Scopes, needed: str) -> bool:
    """`read` holds whatever is to be read, and `write` whatever is to be written."""
    return held is None or needed in held or needed.rpartition(":")[2] in held


def covers(held: Scopes, others: Scopes) -> bool:
    """Whether who holds these may hand out the others."""
    if others is None:
        return held is None
    return all(allows(held, scope) for scope in others)


def within(held: Scopes, others: Scopes) -> Scopes:
    """What is left of some scopes for somebody who holds others, which may be fewer by now."""
    if held is None or others is None:
        return others if held is None else held
    return frozenset(_left(held, others))


def _left(held: Iterable[str], others: frozenset[str]) -> Iterable[str]:
    return (scope for scope in held if allows(others, scope))
