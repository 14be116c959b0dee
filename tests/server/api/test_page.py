"""The key is told to the page on this machine, and to nobody else."""

from typing import Any

import pytest
from aiohttp import web

from server.api.page import Page, is_loopback
from tests.server.api.conftest import Serve

ORIGIN = "http://127.0.0.1:8080"


async def told(serve: Serve, headers: dict[str, str] | None = None, key: str | None = "a-key") -> dict[str, Any]:
    app = web.Application()
    app.router.add_get("/page.json", Page(key, True, lambda: ORIGIN, "bwrap").tell)
    client = await serve(app)
    async with client.get("/page.json", headers=headers or {}) as response:
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "no-store"
        answer: dict[str, Any] = await response.json()
        return answer


async def test_the_page_on_this_machine_gets_the_key(serve: Serve) -> None:
    assert await told(serve, {"Sec-Fetch-Site": "same-origin"}) == {
        "key": "a-key",
        "require_signature": True,
        "sandbox": "bwrap",
    }


async def test_without_a_key_to_tell_the_page_still_learns_that_requests_are_signed(serve: Serve) -> None:
    page = await told(serve, key=None)

    assert (page["key"], page["require_signature"]) == (None, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example:8080"},
        {"Host": "192.168.1.20"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
    ],
    ids=lambda headers: " ".join(*headers.items()),
)
@pytest.mark.case(92, 93)
async def test_other_sites_borrowed_names_and_proxies_get_no_key(serve: Serve, headers: dict[str, str]) -> None:
    assert (await told(serve, headers))["key"] is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost"])
def test_only_this_machine_reaches_a_loopback_address(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.example.com", "::ffff:10.0.0.1"])
def test_others_reach_all_other_addresses(host: str) -> None:
    assert not is_loopback(host)


def test_an_ipv6_origin_stays_out_of_the_policy() -> None:
    assert "[" not in Page(None, False, lambda: "http://[::1]:8080").policy()
