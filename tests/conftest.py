"""In CI a skipped test is a failure: there, everything that a test needs can be installed."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # A worker of xdist has no reporter; the process that started it counts for all.
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, which counts as a failure in CI.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
