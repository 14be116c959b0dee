"""What a proxy tells of a client counts only if the proxy is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web

from server.api.proxies import Proxies
from tests.server.api.conftest import Serve

Headers = Sequence[tuple[str, str]]
SPOOFED: Headers = [
    ("X-Forwarded-For", "203.0.113.9"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil.example"),
    ("Forwarded", "for=203.0.113.9;proto=https;host=evil.example"),
]


async def told(serve: Serve, headers: Headers, *trusted: str) -> Any:
    """Who asks and under which address, as a server sees it."""
    proxies = Proxies([ip_network(network) for network in trusted])

    async def tell(request: web.Request) -> web.Response:
        return web.json_response([proxies.client(request), proxies.origin(request)])

    app = web.Application()
    app.router.add_get("/", tell)
    client = await serve(app)
    async with client.get("/", headers=headers) as response:
        return await response.json()


@pytest.mark.case(26)
@pytest.mark.parametrize("trusted", [(), ("10.0.0.0/8", "::/0")])
async def test_strangers_are_who_they_are(serve: Serve, trusted: Sequence[str]) -> None:
    assert await told(serve, SPOOFED, *trusted) == ["127.0.0.1", None]


@pytest.mark.parametrize(
    ("given", "client"),
    [
        ([], "127.0.0.1"),
        (["203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["2001:db8::7"], "2001:db8::7"),
        (["1.2.3.4, 203.0.113.9"], "203.0.113.9"),  # the first is the client's own invention
        (["1.2.3.4, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
        (["1.2.3.4", "203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, unknown"], "127.0.0.1"),
        (["10.1.1.2, 10.1.1.1"], "10.1.1.2"),
        (["<script>"], "127.0.0.1"),
    ],
)
async def test_the_client_is_the_nearest_who_is_no_proxy(serve: Serve, given: Sequence[str], client: str) -> None:
    headers = [("X-Forwarded-For", line) for line in given]

    assert (await told(serve, headers, "127.0.0.0/8", "10.0.0.0/8"))[0] == client


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, None),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "media.example"}, "https://media.example"),
        ({"X-Forwarded-Proto": "HTTPS", "Host": "media.example:8443"}, "https://media.example:8443"),
        ({"X-Forwarded-Host": "evil.example, media.example"}, "http://media.example"),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "[2001:db8::7]:81"}, "https://[2001:db8::7]:81"),
        ({"X-Forwarded-Proto": "javascript", "X-Forwarded-Host": "media.example"}, None),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "media.example/evil"}, None),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "user@media.example"}, None),
        ({"Forwarded": "host=evil.example, proto=https;host=media.example"}, "https://media.example"),
        ({"Forwarded": 'for="[2001:db8::7]:81";proto=https', "Host": "media.example"}, "https://media.example"),
        ({"Forwarded": "nonsense", "X-Forwarded-Host": "media.example"}, None),
    ],
)
async def test_the_origin_is_what_the_nearest_proxy_says(
    serve: Serve, headers: dict[str, str], origin: str | None
) -> None:
    assert (await told(serve, list(headers.items()), "127.0.0.0/8"))[1] == origin


async def test_the_client_of_a_standard_header_is_known_too(serve: Serve) -> None:
    headers = [("Forwarded", 'for=1.2.3.4, for="[2001:db8::7]:4711"')]

    assert (await told(serve, headers, "127.0.0.0/8"))[0] == "2001:db8::7"
