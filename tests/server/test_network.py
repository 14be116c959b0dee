"""The address that others are told."""

from ipaddress import ip_address

import pytest

from server.network import reachable


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "::1", "media.example.com"])
def test_an_address_that_was_chosen_is_kept(host: str) -> None:
    assert reachable(host) == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_all_addresses_become_one_that_can_be_used(host: str) -> None:
    assert not ip_address(reachable(host)).is_unspecified
