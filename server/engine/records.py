"""Records: Assemblies as rows and back, with those that are busy kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict
from typing import Any

import orjson

from robots.base.file import File
from server.database.base import Rows
from server.engine.outbox import latest
from server.model.assembly import Assembly
from server.model.instructions import Robots, parse
from server.model.job import Input, Job
from server.model.listed import item, updated
from server.model.parts import ORIGINAL, Made, Request, Upload
from server.model.seal import seal
from server.model.usage import month, usage
from server.vault import Vault, place

KEPT = 500
DAMAGED = "The record of this Assembly cannot be read any more; the log of this server says why."
HEAD = (
    "form_open",
    "bytes_form",
    "reserved",
    "uploaded",
    "analysed",
    "last_job",
    "error",
    "warnings",
    "ignored_errors",
    "dropped",
)


class Records:
    """Used only inside transactions, all but `kept`, so one thread at a time changes an Assembly."""

    def __init__(self, catalog: Robots, vault: Vault | None = None) -> None:
        self.catalog = catalog
        self.vault = vault
        self._kept: OrderedDict[str, Assembly] = OrderedDict()
        self._lost = 0

    def load(self, rows: Rows, assembly_id: str) -> Assembly | None:
        if rows.lost != self._lost:  # memory may be ahead of the disk
            self._kept.clear()
            self._lost = rows.lost
        if kept := self._kept.get(assembly_id):
            self._kept.move_to_end(assembly_id)
            return kept
        row = rows.one("assembly", id=assembly_id)
        if row is None:
            return None
        found = self._shown(rows, row)
        if found.terminal:
            found.notification = latest(rows, assembly_id)
        return self._keep(found)

    def kept(self, assembly_id: str) -> Assembly | None:
        """One that is in memory, for who wants no more than a glance while it may be changing."""
        return self._kept.get(assembly_id)

    def save(self, rows: Rows, assembly: Assembly) -> None:
        """Writes what changed since the last time."""
        self._keep(assembly)
        changed, assembly.changed = assembly.changed, {}
        kinds = {kind for kind, _ in changed}
        if "assembly" in kinds:
            rows.run("save_assembly", **{**_head(assembly), "params": self._sealed(assembly)})
            if assembly.terminal and rows.run("save_seal", assembly=assembly.id, seal=seal(assembly)):
                rows.each("add_usage", _usage(assembly))
        for kind, key in changed:
            if kind in WRITERS:
                WRITERS[kind](rows, assembly, key)

    def forget(self, assembly_id: str) -> None:
        self._kept.pop(assembly_id, None)

    def _keep(self, assembly: Assembly) -> Assembly:
        self._kept[assembly.id] = assembly
        self._kept.move_to_end(assembly.id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return assembly

    def _shown(self, rows: Rows, row: dict[str, Any]) -> Assembly:
        """An ended one that cannot be read is shown as crashed; nothing is written over it."""
        try:
            return self.read(rows, row)
        except Exception:  # damage takes any form
            if row["finished"] is None:
                raise
        bare = parse({"steps": {ORIGINAL: {"robot": "/upload/handle"}}}, self.catalog)
        error = {"error": "ASSEMBLY_CRASHED", "message": DAMAGED}
        times = {"created": row["created"], "finished": row["finished"]}
        return Assembly(row["id"], row["account"], bare, Request("{}"), state="failed", error=error, **times)

    def read(self, rows: Rows, row: dict[str, Any]) -> Assembly:
        """What a row and those that belong to it say; raises if they are damaged."""
        head = orjson.loads(row["head"])
        instructions = parse(self.params(row), self.catalog)
        uploads = [Upload(**orjson.loads(r["upload"])) for r in rows.all("uploads", assembly=row["id"])]
        files = [_made(orjson.loads(r["made"])) for r in rows.all("files", assembly=row["id"])]
        jobs = [_job(orjson.loads(r["job"])) for r in rows.all("jobs", assembly=row["id"])]
        return Assembly(
            id=row["id"],
            account=row["account"],
            instructions=instructions,
            request=Request(**{"fields": instructions.fields, **head.pop("request")}),
            created=row["created"],
            state=row["state"],
            finished=row["finished"],
            uploads={upload.id: upload for upload in uploads},
            files={made.file.id: made for made in files},
            jobs={job.id: job for job in jobs},
            **head,
        )

    def _sealed(self, assembly: Assembly) -> str:
        """The instructions may hold secrets, in their steps as in their fields."""
        params = assembly.instructions.params
        return (
            self.vault.seal(params, place("assemblies", assembly.account, assembly.id)) if self.vault else _text(params)
        )

    def params(self, row: dict[str, Any]) -> dict[str, Any]:
        """Those of an earlier version are not sealed."""
        told = row["params"]
        if self.vault is None or told.startswith("{"):
            params: dict[str, Any] = orjson.loads(told)
            return params
        opened: dict[str, Any] = self.vault.open(told, place("assemblies", row["account"], row["id"]))
        return opened


def _head(assembly: Assembly) -> dict[str, Any]:
    head = {name: getattr(assembly, name) for name in HEAD}
    return {
        "id": assembly.id,
        "account": assembly.account,
        "state": assembly.state,
        "created": assembly.created,
        "finished": assembly.finished,
        "head": _text({**head, "request": _request(assembly)}),
        "template": assembly.request.template_id,
        "error": assembly.error["error"] if assembly.error else None,
        "updated": updated(assembly),
        "item": _text(item(assembly)) if assembly.terminal else None,
        "result_lifetime": assembly.request.result_lifetime,
        "record_lifetime": assembly.request.record_lifetime,
    }


def _usage(assembly: Assembly) -> list[dict[str, Any]]:
    """An Assembly counts in the month in which it ended."""
    whose = {"account": assembly.account, "month": month(assembly.finished or assembly.created)}
    return [{**whose, "robot": robot, **asdict(used)} for robot, used in usage(assembly).items()]


def _request(assembly: Assembly) -> dict[str, Any]:
    """Without the fields where they are those of the instructions, beside which they would lie open."""
    told = asdict(assembly.request)
    return {name: value for name, value in told.items() if name != "fields" or value != assembly.instructions.fields}


def _write_upload(rows: Rows, assembly: Assembly, key: str) -> None:
    upload = assembly.uploads.get(key)
    if upload is None:
        rows.run("delete_upload", assembly=assembly.id, id=key)
        return
    rows.run("save_upload", assembly=assembly.id, id=key, value=_text(upload))


def _write_file(rows: Rows, assembly: Assembly, key: str) -> None:
    rows.run("save_file", assembly=assembly.id, id=key, value=_text(assembly.files[key]))


def _write_job(rows: Rows, assembly: Assembly, key: str) -> None:
    job = assembly.jobs[key]
    rows.run("save_job", assembly=assembly.id, id=key, state=job.state, value=_text(job))


WRITERS = {"uploads": _write_upload, "files": _write_file, "jobs": _write_job}


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _made(told: dict[str, Any]) -> Made:
    file = told.pop("file")
    for name in ("original_id", "tag"):
        if isinstance(file[name], list):
            file[name] = tuple(file[name])
    return Made(**{**told, "inputs": tuple(told["inputs"]), "file": File(**file)})


def _job(told: dict[str, Any]) -> Job:
    inputs = tuple(
        Input(i["file"], tuple(i["tag"]) if isinstance(i["tag"], list) else i["tag"]) for i in told["inputs"]
    )
    return Job(**{**told, "inputs": inputs})
