"""What holds for all tests together.

None may let a secret out, and the official schemas have the last word on the replies that they read.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from hypothesis import HealthCheck, settings

from server.app import App
from tests.canary import watch
from tests.inside import client, inside
from tests.owner import Owner
from tests.replies import must_be_judged, replies

pytest_plugins = ("tests.order", "tests.skips")

# A machine that is busy with other tests says nothing of the code.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


def pytest_configure() -> None:
    watch.begin()
    replies.begin()


def pytest_xdist_auto_num_workers() -> int:
    """Tests wait for time limits and for children more than half of their time."""
    return 2 * (os.cpu_count() or 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """One server for the tests of a file, which may say in SETTINGS how it differs."""
    own = getattr(request.module, "SETTINGS", {})
    async with inside(tmp_path_factory.mktemp("server") / "data", **own) as app:
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(app: App) -> AsyncIterator[ClientSession]:
    async with client(app) as session:
        yield session


@pytest.fixture(scope="module")
def owner(session: ClientSession) -> Owner:
    return Owner(session)


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[int]:
    """A pipe that ends when the last child that holds it is gone."""
    os.mkfifo(tmp_path / "alive")
    end = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    yield end
    os.close(end)


@pytest.fixture(autouse=True)
def no_secret_gets_out() -> Iterator[None]:
    """It is the first to be set up, so that it looks when all else of the test has ended."""
    yield
    assert watch.taken() == []


def pytest_testnodedown(node: Any) -> None:
    """A worker of xdist ends, and hands on what it has seen."""
    replies.add(getattr(node, "workeroutput", {}).get("replies", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # a worker of xdist; the process that started it counts for all
        session.config.workeroutput["replies"] = replies.kept  # type: ignore[attr-defined]  # xdist's
        return
    wrong = replies.faults() if replies.kept and must_be_judged() else []
    for sentence in wrong:
        reporter.write_line(f"A reply is not as the official schema wants it: {sentence}", red=True)
    if wrong:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
