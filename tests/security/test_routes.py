"""Every route by every door: walked automatically, so that a new one cannot be missed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from server.api.scopes import NEEDED
from server.api.signature import sign
from tests.live import KEY, SECRET
from tests.owner import Owner
from tests.security.attacker import HASH, LATER, Attacker, Json, instructions, strict

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNKNOWN = "0" * 32
TUS = {"Tus-Resumable": "1.0.0"}

# What each route is for: a new route has to be put here, and so to be thought of.
OPEN = {
    *("GET /", "GET /page.json", "GET /healthz", "GET /static/{name}", "GET /metrics"),  # nothing that is anybody's
    *("OPTIONS /resumable/files", "OPTIONS /resumable/files/", "OPTIONS /resumable/files/{id}"),
    "OPTIONS /results/{assembly}/{file}/{name}",
    *("GET /robots", "GET /robots/{family}/{name}", "GET /openapi", "GET /openapi.json"),
}
ADDRESSED = {"GET /cdn/{workspace}/{address}"}  # for who can sign an address
LOGIN = {"POST /token"}  # for who knows a secret, which no signature hides; tests/server/api/test_token.py
KEYED = {"POST /assemblies", "POST /assemblies/{id}", "PUT /assemblies/{id}"}
# Those who know the secret: the key alone opens nothing.
SIGNED = {
    *(f"{method} /templates" for method in ("GET", "POST")),
    *(f"{method} /templates/{{ref}}" for method in ("GET", "PUT", "DELETE")),
    *(f"{method} /template_credentials" for method in ("GET", "POST")),
    *(f"{method} /template_credentials/{{ref}}" for method in ("GET", "PUT", "DELETE")),
    "GET /template_credentials/types",
    *("GET /auth_keys", "POST /auth_keys", "GET /auth_keys/scopes", "POST /auth_keys/show_secret/{id}"),
    *("PUT /auth_keys/{id}", "DELETE /auth_keys/{id}"),
    *("POST /assemblies/{id}/replay", "GET /assemblies", "GET /bill/{month}", "GET /queues/job_slots"),
    *("GET /assembly_stats", "GET /priority_job_slot_stats"),
    *("GET /assembly_notifications", "POST /assembly_notifications/{id}/replay"),
}
# Who knows the id may ask: 128 random bits that only the creator is told.
BY_ID = {
    *("GET /assemblies/{id}", "DELETE /assemblies/{id}", "GET /results/{assembly}/{file}/{name}"),
    *("GET /ws1", "GET /ws1/", "GET /assembly_notifications/{id}"),
    *("POST /assemblies/{id}/reserve_file", "POST /assemblies/{id}/add_file"),
    *(f"{method} /resumable/files/{{id}}" for method in ("HEAD", "PATCH", "DELETE", "POST")),
    *("POST /resumable/files", "POST /resumable/files/"),
}
SOCKET_IO = {"POST /ws1", "POST /ws1/"}
OWN = {"/page.json": None, "/metrics": "https://localhost"}  # for no page but our own, or for none


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"

    def path(self, value: str) -> str:
        """An address of it, with one value for each of its ids."""
        names = {"node": "1", "name": "f.txt"}
        return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], value), self.pattern)


def routes(app: web.Application) -> Iterator[Route]:
    for route in app.router.routes():
        if route.resource is None:
            continue
        pattern = re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", _pattern(route.resource))
        if route.method != "HEAD" or "resumable" in pattern:
            yield Route(route.method, pattern)


def _pattern(resource: web.AbstractResource) -> str:
    info = resource.get_info()
    return str(info.get("path") or info["formatter"])


def known(attacker: Attacker) -> list[Route]:
    application = attacker.app.web._app
    return sorted(set(routes(application)), key=str)


@pytest.mark.case(9)
async def test_each_route_has_been_thought_of(attacker: Attacker) -> None:
    told = {str(route) for route in known(attacker)}

    assert told - OPEN - ADDRESSED - LOGIN - KEYED - SIGNED - BY_ID - SOCKET_IO == set(), (
        "Say above who may use it, and how it refuses others."
    )
    assert (KEYED | SIGNED | BY_ID) - told == set()


@pytest.mark.case(10)
async def test_each_route_that_asks_for_a_key_says_which_scope_it_needs(attacker: Attacker) -> None:
    silent = {route for route in KEYED | SIGNED if re.sub(r"\{\w+\}", "{}", route) not in NEEDED}

    assert silent == set(), "Put it in server/api/scopes.py: until then only keys without limits open it."


async def asked(attacker: Attacker, route: Route, value: str, **given: object) -> tuple[int, str]:
    headers = {**TUS, "Upload-Offset": "0", "Upload-Length": "1"} if "resumable" in route.pattern else {}
    if route.method == "PATCH":
        headers["Content-Type"] = "application/offset+octet-stream"
    query = f"?assembly={value}" if "/ws" in route.pattern else ""
    async with attacker.ask(route.method, route.path(value) + query, headers=headers, **given) as reply:
        return reply.status, await reply.text()


WRONG_KEYS = {
    "nothing": {},
    "an unknown key": {"params": instructions().replace(KEY, "f" * 32)},
    "a wrong signature": {"params": instructions(auth={"expires": LATER}), "signature": "sha384:" + "0" * 96},
    "a signature of another secret": {
        "params": instructions(auth={"expires": LATER}),
        "signature": sign("x", instructions(auth={"expires": LATER})),
    },
    "an expired signature": {
        "params": instructions(auth={"expires": "2001/01/01 00:00:00+00:00"}),
        "signature": sign(SECRET, instructions(auth={"expires": "2001/01/01 00:00:00+00:00"})),
    },
}


@pytest.mark.case(9)
@pytest.mark.parametrize("form", WRONG_KEYS.values(), ids=WRONG_KEYS)
async def test_no_route_that_needs_a_key_opens_without(attacker: Attacker, form: dict[str, str]) -> None:
    for route in known(attacker):
        if str(route) in KEYED | SIGNED:
            status, text = await asked(attacker, route, UNKNOWN, data=form)
            assert (status, "error" in strict(text)) == (400, True), route
    async with attacker.ask("GET", f"/assemblies/{UNKNOWN}") as reply:
        assert reply.status == 404


@pytest.mark.case(9, 109)
@pytest.mark.parametrize("auth", [{}, {"expires": LATER}], ids=["no date", "a date"])
async def test_no_route_that_needs_a_signature_opens_with_the_key_alone(attacker: Attacker, auth: Json) -> None:
    for route in known(attacker):
        if str(route) in SIGNED:
            status, text = await asked(attacker, route, UNKNOWN, data={"params": instructions(auth=auth)})
            code = "NO_SIGNATURE_FIELD" if auth else "NO_AUTH_EXPIRES_PARAMETER"
            assert (status, strict(text)["error"]) == (400, code), route


@pytest.mark.case(9, 38)
async def test_an_id_that_nobody_was_told_is_not_found_whatever_is_asked_of_it(attacker: Attacker) -> None:
    for route in known(attacker):
        if str(route) in BY_ID:
            status, text = await asked(attacker, route, UNKNOWN)
            assert status in (400, 404, 405), (route, status, text)
            assert "ASSEMBLY" not in text.replace("ASSEMBLY_NOT_FOUND", ""), route


@pytest.mark.case(9, 99)
async def test_nothing_lists_what_there_is(attacker: Attacker) -> None:
    secret_id = (await attacker.waiting())["assembly_id"]

    for path in (
        "/assemblies",
        "/assemblies/",
        "/results",
        "/results/",
        "/resumable/files/",
        "/ws1",
        "/ws1?assembly=*",
        f"/results/{secret_id}",
        f"/results/{secret_id}/",
        "/metrics",
        "/healthz",
        "/",
    ):
        async with attacker.ask("GET", path) as reply:
            assert secret_id not in await reply.text()


@pytest.mark.case(27)
@pytest.mark.parametrize("origin", ["null", "https://evil.example"])
async def test_other_sites_may_use_the_api_but_never_with_what_a_browser_keeps(attacker: Attacker, origin: str) -> None:
    for route in known(attacker):
        preflight = {"Origin": origin, "Access-Control-Request-Method": route.method}
        async with attacker.ask("OPTIONS", route.path(UNKNOWN), headers=preflight) as reply:
            assert reply.status == 204, route
            assert "Access-Control-Allow-Credentials" not in reply.headers, route
            assert reply.headers["Access-Control-Allow-Origin"] == "*", route
        async with attacker.ask(route.method, route.path(UNKNOWN), headers={"Origin": origin, **TUS}) as reply:
            assert "Access-Control-Allow-Credentials" not in reply.headers, route
            allowed = OWN.get(route.pattern, "*") or attacker.app.origin
            assert reply.headers["Access-Control-Allow-Origin"] == allowed, route
            assert "Set-Cookie" not in reply.headers


@pytest.mark.case(28)
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "delete"])
async def test_a_method_that_is_only_said_is_checked_like_the_real_one_or_not_heard(
    attacker: Attacker, method: str
) -> None:
    status = await attacker.waiting()
    path = f"/assemblies/{status['assembly_id']}"
    headers = {"X-HTTP-Method-Override": method, "X-HTTP-Method": method, "X-Method-Override": method}

    for route in known(attacker):
        async with attacker.ask(route.method, route.path(UNKNOWN), headers={**headers, **TUS}) as reply:
            assert reply.status < 500, route
    async with attacker.ask("POST", path, headers=headers) as reply:
        assert strict(await reply.text())["error"] == "NO_PARAMS_FIELD"
    async with attacker.ask("GET", path, headers=headers) as reply:
        assert told(await reply.json()) == "ASSEMBLY_UPLOADING"

    owner = Owner(attacker.http, origin=attacker.origin)
    made = await owner.ask("POST", "/templates", name=f"stays-{uuid.uuid4().hex[:8]}", template={"steps": HASH})
    text = owner.text(name="other-name", template={"steps": {}})
    for _ in range(2):
        signed = {"params": text, "signature": sign(SECRET, text)}
        async with attacker.ask("GET", f"/templates/{made['id']}", params=signed, headers=headers) as reply:
            assert (await reply.json())["content"] == {"steps": HASH}


def told(status: Json) -> str:
    return str(status.get("ok") or status["error"])
