"""Stock: what a server has before it is walked through, and the requests that find it."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession

from server.api.document import MULTIPART, URLENCODED
from tests.live import KEY, SECRET, ended
from tests.owner import Owner
from tus.protocol import BYTES

Json = dict[str, Any]
STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
TUS = {"Tus-Resumable": "1.0.0"}
CONTENT = b"some text\n"
BEGINNING = {**TUS, "Upload-Offset": "0"}


@dataclass
class Stock:
    """`places` are ids and names by the variables of paths; `requests` each find something, in this order."""

    places: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: list[tuple[str, Json]] = field(default_factory=list)

    def ask(self, label: str, /, *, path: Json | None = None, **parts: Any) -> None:
        """One more request, made of what schemathesis calls a case."""
        self.requests.append((label, {"path_parameters": path or {}, **parts}))


async def stock(http: ClientSession, origin: str, home: str) -> Stock:
    """Fills a server that is empty; `home` takes Notifications."""
    made, owner = Stock(), Owner(http)
    await _kept(made, owner)
    done = await ended(http, await owner.send("POST", "/assemblies", owner.text(steps=STEPS), CONTENT))
    made.places["assemblies"] = made.places["assembly_notifications"] = {"id": done["assembly_id"]}
    _assemblies(made, done)
    await _uploads(made, http, await _waiting(http))
    _additions(made, await _waiting(http), origin)
    await _served(made, owner, origin)
    _accounts(made, home, done)
    return made


async def _kept(made: Stock, owner: Owner) -> None:
    template = await owner.ask("POST", "/templates", name="hashes", template={"steps": STEPS})
    content = {"key": "key", "secret": "secret"}
    kept = await owner.ask("POST", "/template_credentials", name="my_s3", type="s3", content=content)
    key = await owner.ask("POST", "/auth_keys", scope="read", can_show_auth_secret=True)
    made.places |= {
        "templates": {"ref": template["id"]},
        "template_credentials": {"ref": kept["credential"]["name"]},
        "auth_keys": {"id": key["auth_key"]["id"]},
        "robots": {"family": "file", "name": "hash"},
        "static": {"name": "app.js"},
    }


def _assemblies(made: Stock, done: Json) -> None:
    form: Json = {"media_type": MULTIPART}
    for label, path in (("POST /assemblies", {}), *((f"{act} /assemblies/{{id}}", _new()) for act in ("POST", "PUT"))):
        made.ask(label, path=path, body={"params": {"steps": STEPS}, "file": CONTENT}, **form)
    made.ask("GET /ws1", query={"assembly": done["assembly_id"]})
    [result] = done["results"]["hashed"]
    path = {"assembly": done["assembly_id"], "file": result["id"], "name": result["name"]}
    for headers in ({}, {"Range": "bytes=0-3"}, {"Range": "bytes=99-"}):
        made.ask("GET /results/{assembly}/{file}/{name}", path=path, headers=headers)


async def _uploads(made: Stock, http: ClientSession, waiting: Json) -> None:
    address = base64.b64encode(waiting["assembly_url"].encode()).decode()
    creation = {**TUS, "Upload-Length": str(len(CONTENT)), "Upload-Metadata": f"assembly_url {address}"}
    ids = []
    for _ in range(3):
        async with http.post(waiting["tus_url"], headers=creation) as reply:
            ids.append({"id": reply.headers["Location"].rpartition("/")[2]})
    place = "/resumable/files/{id}"
    sent: Json = {"body": CONTENT, "media_type": BYTES}
    made.ask("POST /resumable/files", headers=creation, **sent)
    made.ask(f"HEAD {place}", path=ids[0], headers=TUS)
    made.ask(f"PATCH {place}", path=ids[0], headers=BEGINNING, **sent)
    made.ask(f"POST {place}", path=ids[1], headers={**BEGINNING, "X-HTTP-Method-Override": "PATCH"}, **sent)
    made.ask(f"DELETE {place}", path=ids[2], headers=TUS)


def _additions(made: Stock, waiting: Json, origin: str) -> None:
    path = {"id": waiting["assembly_id"]}
    made.ask("POST /assemblies/{id}/reserve_file", path=path, query={"size": 10_000_000})
    source = {"s3Url": f"{origin}/static/app.js", "filename": "app.js", "fieldname": "file"}
    made.ask("POST /assemblies/{id}/add_file", path=path, query=source)


async def _served(made: Stock, owner: Owner, origin: str) -> None:
    imported = {"robot": "/http/import", "url": f"{origin}/static/${{fields.input}}"}
    steps = {"imported": imported, "served": {"robot": "/file/serve", "use": "imported"}}
    await owner.ask("POST", "/templates", name="serves", template={"steps": steps})
    made.ask("GET /cdn/{workspace}/{address}", path={"workspace": "first", "address": "serves/app.js"})


def _accounts(made: Stock, home: str, done: Json) -> None:
    login = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    form: Json = {"media_type": URLENCODED}
    made.ask("POST /token", headers={"Authorization": login}, body={"grant_type": "client_credentials"}, **form)
    again = {"params": {"notify_url": home, "wait": False}}
    made.ask("POST /assembly_notifications/{id}/replay", path={"id": done["assembly_id"]}, body=again, **form)
    made.ask("GET /bill/{month}", path={"month": f"{datetime.now(UTC):%Y-%m}"})
    since = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
    for label, more in (("GET /assembly_stats", {}), ("GET /priority_job_slot_stats", {"aggregation": "max"})):
        made.ask(label, query={"params": {"region": "local", "since": since, **more}})


async def _waiting(http: ClientSession) -> Json:
    """An Assembly that waits for files."""
    form = {"params": Owner(http).text(steps=STEPS), "num_expected_upload_files": "9"}
    async with http.post("/assemblies", data=form) as reply:
        told: Json = await reply.json()
    return told


def _new() -> Json:
    return {"id": uuid.uuid4().hex}
