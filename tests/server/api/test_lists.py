"""The list of Assemblies, as the owner of an account asks for it."""

from __future__ import annotations

import json
import time
import uuid
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import FormData

from server.app import App
from server.model.assembly import Assembly
from server.model.instructions import parse
from server.model.parts import Request
from tests.live import KEY
from tests.owner import LATER, Json, Owner

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {"allow_private_networks": ()}

HASH = {"hashed": {"robot": "/file/hash", "use": ":original"}}
BROKEN = {"fetched": {"robot": "/http/import", "url": "http://127.0.0.1/", "fail_fast": True}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(owner: Owner) -> dict[str, Json]:
    """One Assembly of each kind, the oldest first."""
    template = await owner.ask("POST", "/templates", name="of-a-template", template={"steps": HASH})
    known = {
        "done": await create(owner, HASH, file=b"some words", fields={"album": "Trees of 2026"}),
        "templated": await create(owner, None, template_id=template["id"], redirect_url="https://a:b@shop.example/x"),
        "failed": await create(owner, BROKEN),
        "canceled": await create(owner, HASH, uploads="1"),
        "waiting": await create(owner, HASH, uploads="1", notify_url="https://told.example/here"),
    }
    async with owner.http.delete(f"/assemblies/{known['canceled']['assembly_id']}") as reply:
        assert reply.status == 200
    for status in (known["done"], known["failed"]):
        while (await ask(owner, assembly_id=status["assembly_id"], type="executing"))["count"]:
            pass
    return known


async def create(owner: Owner, steps: Any, file: bytes = b"", uploads: str = "0", **params: Any) -> Json:
    text = json.dumps({"auth": {"key": KEY}, **({"steps": steps} if steps else {}), **params})
    form = FormData({"params": text, "num_expected_upload_files": uploads})
    if file:
        form.add_field("file", file, filename="a.txt")
    async with owner.http.post("/assemblies", data=form) as reply:
        told: Json = await reply.json()
    assert reply.status == 200, told
    return told


async def ask(owner: Owner, **params: Any) -> Json:
    told = await owner.ask("GET", "/assemblies", **params)
    assert told.keys() == {"items", "count"}, told
    return told


async def ids(owner: Owner, **params: Any) -> list[str]:
    told = await ask(owner, **params)
    assert told["count"] == len(told["items"])
    return [item["id"] for item in told["items"]]


def those(made: dict[str, Json], *names: str) -> list[str]:
    return [made[name]["assembly_id"] for name in names]


async def test_an_item_says_what_came_of_an_assembly(owner: Owner, made: dict[str, Json]) -> None:
    (item,) = (await ask(owner, assembly_id=made["done"]["assembly_id"]))["items"]

    assert (item["ok"], item["error"], item["num_input_files"], item["bytes_received"]) == (
        "ASSEMBLY_COMPLETED",
        None,
        1,
        item["bytes_expected"],
    )
    assert [file["name"] for file in json.loads(item["files"])] == ["a.txt"]
    assert datetime.fromisoformat(item["created"]).timestamp() // 1 == item["created_ts"]
    assert datetime.fromisoformat(item["execution_start"]).tzinfo is not None
    assert [type(item[name]) for name in ("upload_duration", "execution_duration")] == [float, float]
    assert {key: item[key] for key in ("account_id", "region", "instance", "parent_id", "warning_count")} == {
        "account_id": made["done"]["account_id"],
        "region": made["done"]["region"],
        "instance": made["done"]["instance"],
        "parent_id": None,
        "warning_count": 0,
    }


async def test_one_that_waits_and_one_that_failed_say_so(owner: Owner, made: dict[str, Json]) -> None:
    told = {item["id"]: item for item in (await ask(owner))["items"]}
    waiting, failed = (told[id] for id in those(made, "waiting", "failed"))

    assert (waiting["ok"], waiting["execution_start"], waiting["execution_duration"]) == ("ASSEMBLY_UPLOADING",) + (
        None,
    ) * 2
    assert (waiting["files"], waiting["upload_duration"], waiting["notify_url"]) == (
        None,
        0.0,
        "https://told.example/here",
    )
    assert (failed["ok"], failed["error"]) == (None, "HTTP_IMPORT_ACCESS_DENIED")
    assert told[made["templated"]["assembly_id"]]["redirect_url"] == "https://****@shop.example/x"


@pytest.mark.parametrize(
    ("type", "names"),
    [
        ("all", "waiting canceled failed templated done"),
        ("uploading", "waiting"),
        ("executing", ""),
        ("canceled", "canceled"),
        ("completed", "templated done"),
        ("failed", "failed"),
        ("request_aborted", ""),
        ("expired", ""),
        ("fixable", "failed"),
        ("problematic", "failed"),
    ],
)
async def test_each_type_lists_its_own(owner: Owner, made: dict[str, Json], type: str, names: str) -> None:
    assert await ids(owner, type=type) == those(made, *names.split())


async def test_pages_and_orders_cover_every_assembly_once(owner: Owner, made: dict[str, Json]) -> None:
    pages = [await ask(owner, pagesize=2, page=page, order="asc", sort="created_ts") for page in (1, 2, 3, 4)]

    assert [item["id"] for page in pages for item in page["items"]] == [
        status["assembly_id"] for status in made.values()
    ]
    assert [(len(page["items"]), page["count"]) for page in pages] == [(2, 5), (2, 5), (1, 5), (0, 5)]
    moved = await ids(owner, sort="updated")
    assert sorted(moved) == sorted(await ids(owner))
    assert moved.index(made["canceled"]["assembly_id"]) < moved.index(made["waiting"]["assembly_id"])


async def test_a_template_a_region_and_a_time_narrow_the_list(owner: Owner, made: dict[str, Json]) -> None:
    template = made["templated"]["template_id"]
    others = {"todate": "2001-01-01 00:00:00", "fromdate": "2999-01-01T00:00:00.5+02:00", "region": "elsewhere"}

    assert await ids(owner, template_id=template) == those(made, "templated")
    assert len(await ids(owner, region=made["done"]["region"], fromdate="2001/01/01 00:00:00", todate="NOW()")) == 5
    for name, value in others.items():
        assert await ids(owner, **{name: value}) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("TREES", "done"),
        ("a.txt", "done"),
        ("shop.example", "templated"),
        ("told.example", "waiting"),
        ("import_access", "failed"),
    ],
)
async def test_keywords_are_found_wherever_an_owner_may_remember_them(
    owner: Owner, made: dict[str, Json], words: str, name: str
) -> None:
    assert await ids(owner, keywords=[words]) == await ids(owner, keyword=words) == those(made, name)
    assert await ids(owner, keywords=[words, "nowhere"]) == []


@pytest.mark.parametrize(
    "params",
    [{"pagesize": 0}, {"pagesize": 5001}, {"type": "odd"}, {"sort": "id"}, {"fromdate": "yesterday"}, {"page": 0}],
)
async def test_a_list_that_cannot_be_is_told(owner: Owner, params: Json) -> None:
    told = await owner.ask("GET", "/assemblies", **params)

    assert (told["error"], told["http_code"]) == ("ASSEMBLY_LIST_ERROR", 400)


async def test_a_list_must_be_signed(owner: Owner) -> None:
    params = json.dumps({"auth": {"key": KEY, "expires": LATER}})
    async with owner.http.get("/assemblies", params={"params": params}) as reply:
        assert (await reply.json())["error"] == "NO_SIGNATURE_FIELD"


@pytest.mark.case(9)
async def test_the_assemblies_of_another_account_are_not_listed(app: App, owner: Owner, made: dict[str, Json]) -> None:
    theirs = Assembly(
        uuid.uuid4().hex, "another", parse({"steps": HASH}, app.parts.catalog), Request("{}"), time.time()
    )
    await app.parts.runner.create(theirs, time.time())

    assert await ids(owner, assembly_id=theirs.id) == await ids(owner, keywords=theirs.id) == []
    assert theirs.id not in await ids(owner)
