"""In CI, where everything that a test needs can be installed, a skipped test is a failure."""

import os

import pytest

IN_CI = os.environ.get("CI") == "true"


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # a worker of xdist has none
    if IN_CI and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, which counts as a failure in CI.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
