"""A bench on which pages are shown: with a browser, and a client that may reach a part of this machine."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from robots.tools.browser.browser import Browser
from robots.tools.http import HttpClient
from robots.tools.programs import Programs
from tests.robots.workspace import Bench

HERE = ip_network("127.0.0.1/32")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """It may not reach this machine."""
    return Bench(tmp_path, Browser(Programs()), HttpClient())


@pytest.fixture
def at_home(tmp_path: Path) -> Bench:
    """It may reach this machine at one address, which stands for the internet."""
    return Bench(tmp_path, Browser(Programs()), HttpClient(allow=[HERE]))
