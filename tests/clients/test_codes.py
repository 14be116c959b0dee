"""The codes of the published clients are those of the server."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest_asyncio

from robots.base.catalog import Catalog
from robots.base.robot import ImportRobot, Robot
from robots.tools.s3.robots import S3Store
from server.errors import CODES, OF_ROBOT, RESERVED
from tests.clients.nodejs import run

# In the API's contract and in older clients, though not in the schema of a status, where they cannot stand.
BESIDE = {
    *("SERVER_401", "BILL_NOT_FOUND", "TEMPLATE_LIST_ERROR", "TEMPLATE_VALIDATION_ERROR"),
    *(f"AUTH_KEY_NOT_{what}" for what in ("CREATED", "DELETED", "UPDATED")),
    *(f"TEMPLATE_CREDENTIALS_NOT_{what}" for what in ("CREATED", "DELETED", "FOUND", "READ", "UPDATED")),
    *(f"TOKEN_INVALID_{what}" for what in ("AUDIENCE", "GRANT_TYPE", "REQUEST", "SCOPE")),
}
KIND = re.compile(r'\bself\.error\((?:"(\w+)")?\)')


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def official() -> set[str]:
    return set(await run("codes.mjs", []))


def sent(robot: type[Robot[Any]]) -> Iterator[str]:
    """The codes of its own with which a robot may fail."""
    for kind in KIND.findall(inspect.getsource(sys.modules[robot.__module__])):
        yield robot.error(kind or "VALIDATION")
    if issubclass(robot, S3Store):
        yield from map(robot.error, robot.kinds)
    if issubclass(robot, ImportRobot):
        yield from map(robot.error, ("ACCESS_DENIED", "FAILURE", "NOT_FOUND"))


def test_each_code_that_a_client_knows_is_sent_here_or_reserved_and_no_other_is(official: set[str]) -> None:
    assert {code for code in official - {*CODES, *RESERVED} if not OF_ROBOT.fullmatch(code)} == set()
    assert set(CODES) - official == BESIDE


def test_a_robot_fails_with_no_code_that_clients_do_not_know(official: set[str]) -> None:
    catalog = Catalog()
    codes = {code for name in catalog.names() for code in sent(catalog.get(name))}

    assert len(codes) > 30
    assert codes - official == set()
