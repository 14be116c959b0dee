"""Who may read the metrics."""

from collections.abc import Mapping
from ipaddress import ip_network

import pytest
from aiohttp import web

from server.api.metrics import MetricsRoute
from tests.server.api.conftest import Serve

LOCAL = "127.0.0.0/8"


async def figures() -> bytes:
    return b"sluice_jobs 1\n"


async def asked(serve: Serve, headers: Mapping[str, str] = {}, network: str = "192.0.2.0/24") -> int:
    app = web.Application()
    MetricsRoute(figures, (ip_network(network),)).attach(app)
    client = await serve(app)
    async with client.get("/metrics", headers=headers) as reply:
        if reply.status == 200:
            assert await reply.text() == "sluice_jobs 1\n"
            assert reply.content_type == "text/plain"
            assert reply.headers["Access-Control-Allow-Origin"] == "https://localhost"
        return reply.status


async def test_this_machine_may(serve: Serve) -> None:
    assert await asked(serve) == 200


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "203.0.113.9"}, {"Via": "1.1 proxy"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "a.example"}],
    ids=str,
)
async def test_who_comes_by_a_proxy_or_another_site_finds_nothing(serve: Serve, headers: dict[str, str]) -> None:
    assert await asked(serve, headers) == 404


async def test_a_network_that_is_named_may_by_any_name_of_the_server(serve: Serve) -> None:
    assert await asked(serve, {"Host": "sluice.internal"}, LOCAL) == 200
    assert await asked(serve, {"Host": "sluice.internal"}) == 404


async def test_a_proxy_in_such_a_network_lends_its_address_to_nobody(serve: Serve) -> None:
    assert await asked(serve, {"X-Forwarded-For": "10.0.0.1"}, LOCAL) == 404
