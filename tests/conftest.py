"""No test may let a secret out; and in CI, where everything that a test needs can be installed, none is skipped."""

import os
from collections.abc import Iterator

import pytest

from tests.canary import watch


def pytest_configure() -> None:
    watch.begin()


def pytest_xdist_auto_num_workers() -> int:
    """Tests wait for time limits and for children half of their time."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture(autouse=True)
def no_secret_gets_out() -> Iterator[None]:
    """It is the first to be set up, so that it looks when all else of the test has ended."""
    yield
    assert watch.taken() == []


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # A worker of xdist has no reporter; the process that started it counts for all.
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, which counts as a failure in CI.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
