"""The description of the API is made of the routes, of what is told of them, and of the models that validate."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from jsonschema_rs import meta

from server.api.document import operations, status_of
from server.app import App
from server.errors import CODES
from server.model.options import Options
from tests.inside import client, inside

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    folder: Path = tmp_path_factory.mktemp("described")
    async with inside(folder / "data", disabled_robots=("/http/import",)) as app:
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def document(app: App) -> Json:
    async with client(app) as http, http.get("/openapi.json", headers={"Origin": "https://other.example"}) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        told: Json = await reply.json()
    return told


async def test_each_route_says_what_it_is_for(app: App) -> None:
    silent = [each.name for each in operations(app.web._app.router.routes()) if each.told is None]

    assert silent == [], "Write @Told(...) over the handler."


async def test_each_operation_has_a_name_of_its_own(document: Json) -> None:
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]

    assert document["openapi"].startswith("3.1.")
    assert len(names) == len(set(names)) > 50


async def test_every_schema_is_one(document: Json) -> None:
    """The meta-schema of OpenAPI lets any object pass for a schema."""
    found = list(schemas(document))

    assert len(found) > 200
    assert [schema for schema in found if not meta.is_valid({"$schema": DIALECT, **schema})] == []


async def test_the_schema_of_every_robot_is_one(app: App) -> None:
    async with client(app) as http:
        robots = (await (await http.get("/robots")).json())["robots"]
        found = {robot["name"]: await (await http.get(robot["schema"])).json() for robot in robots}

    assert len(found) > 40
    assert {schema["$schema"] for schema in found.values()} == {DIALECT}
    assert [name for name, schema in found.items() if not meta.is_valid(schema)] == []


async def test_params_are_the_json_that_the_model_reads(document: Json) -> None:
    form = document["paths"]["/assemblies"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    params = form["properties"]["params"]

    known = params["contentSchema"]["properties"]
    assert params["contentMediaType"] == "application/json"
    assert known.keys() >= {"auth", "steps", "await"} | Options.model_fields.keys() - {"awaits"}
    assert known["quiet"] == {"type": "boolean", "default": False, "description": known["quiet"]["description"]}


async def test_a_list_tells_by_what_it_can_be_sorted(document: Json) -> None:
    asked = document["paths"]["/templates"]["get"]["parameters"][0]["content"]["application/json"]["schema"]

    assert asked["properties"]["sort"]["enum"] == ["id", "name", "created", "modified", "last_used"]
    assert asked["properties"]["pagesize"]["maximum"] == 5000


async def test_places_in_a_path_have_the_patterns_of_the_route(document: Json) -> None:
    found = document["paths"]["/assemblies/{id}/replay"]["post"]["parameters"][0]
    two = document["paths"]["/robots/{family}/{name}"]["get"]["parameters"]

    assert found["schema"]["pattern"] == "^[0-9a-f]{32}$"
    assert [(one["name"], one["schema"]["pattern"]) for one in two] == [
        ("family", "^[a-z0-9]+$"),
        ("name", "^[a-z0-9]+$"),
    ]


async def test_errors_stand_under_their_statuses(document: Json) -> None:
    replies = document["paths"]["/templates/{ref}"]["get"]["responses"]
    error = replies["404"]["content"]["application/json"]["schema"]["properties"]["error"]

    assert error["enum"] == ["TEMPLATE_NOT_FOUND", "SERVER_404"]
    assert document["x-errors"]["TEMPLATE_NOT_FOUND"]["http_code"] == CODES["TEMPLATE_NOT_FOUND"][0]
    assert status_of("TEMPLATE_NOT_FOUND 400") == ("TEMPLATE_NOT_FOUND", 400)


async def test_a_step_names_the_robots_that_are_here(document: Json) -> None:
    known = document["components"]["schemas"]["Step"]["properties"]["robot"]["enum"]

    assert "/image/resize" in known
    assert "/http/import" not in known


def schemas(told: Any) -> Iterator[Json]:
    """Those of the parts that operations share, of what they read, and of what they answer."""
    if isinstance(told, dict):
        yield from told.get("schemas", {}).values()
        yield from (told[name] for name in ("schema", "contentSchema") if name in told)
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from schemas(inner)
