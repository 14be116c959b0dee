"""Listed: an Assembly as one item of a list, and which Assemblies such a list can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import orjson

from robots.base.params import Param
from server.model import status
from server.model.assembly import Assembly
from server.model.listing import Listing, moment
from server.model.masking import masked_url
from server.model.parts import ORIGINAL, Made

MOST_FILES = 50  # the names of more would make lists heavy
STATES = {
    **{state: [state] for state in ("uploading", "executing", "canceled", "completed", "failed")},
    "request_aborted": ["aborted"],
    "expired": ["failed"],
    "fixable": ["failed"],
    "problematic": ["failed", "aborted"],
}
# What nobody who sent an Assembly can do anything about.
OURS = ["ASSEMBLY_CRASHED", "WORKER_JOB_ERROR", "INTERNAL_COMMAND_ERROR", "INTERNAL_COMMAND_TIMEOUT"]
Type = Literal[
    "all",
    "uploading",
    "executing",
    "canceled",
    "completed",
    "failed",
    "request_aborted",
    "expired",
    "fixable",
    "problematic",
]


class AssemblyListing(Listing):
    """What a list of Assemblies understands."""

    type: Type = Param("all", "How far they are.")
    assembly_id: str | None = Param(None, "The one with this id.")
    template_id: str | None = Param(None, "Those that were made from this Template.")
    region: str | None = Param(None, "Those that ran in this region.")

    def asked(self, account: str) -> dict[str, Any]:
        """The same as the values of a query; null is no condition."""
        return {
            "account": account,
            "low": self.fromdate or 0.0,
            "high": None if self.todate is None else self.todate + 1,
            "states": _json(STATES.get(self.type)),
            "errors": _json(["ASSEMBLY_EXPIRED"] if self.type == "expired" else None),
            "others": _json(OURS if self.type == "fixable" else []),
            "assembly": self.assembly_id,
            "template": self.template_id,
        }


def item(assembly: Assembly) -> dict[str, Any]:
    """What a list says of it; where it ran is for the server to add."""
    clock, transfer, told = status.clock(assembly), status.transfer(assembly), status.outcome(assembly)
    instructions, request = assembly.instructions, assembly.request
    results = [made for made in assembly.files.values() if made.job]
    return {
        "id": assembly.id,
        "parent_id": request.parent,
        "account_id": assembly.account,
        "template_id": request.template_id,
        "template_name": request.template_name,
        "notify_url": masked_url(instructions.notify_url) if instructions.notify_url else None,
        "redirect_url": masked_url(instructions.redirect_url) if instructions.redirect_url else None,
        "files": _files(assembly),
        "warning_count": len(assembly.warnings),
        **{name: transfer[name] for name in ("num_input_files", "bytes_usage", "bytes_expected", "bytes_received")},
        "num_output_files": len(results),
        "bytes_output": sum(made.file.size for made in results),
        **{name: clock[name] for name in ("upload_duration", "execution_duration", "queue_duration")},
        "execution_start": moment(assembly.uploaded),
        "created": moment(assembly.created),
        "created_ts": int(assembly.created),
        "ok": told.get("ok"),
        "error": told.get("error"),
    }


def updated(assembly: Assembly) -> float:
    """When it was last moved on."""
    return assembly.finished or assembly.last_job or assembly.uploaded or assembly.created


def words(item: Mapping[str, Any], params: Mapping[str, Any], error: Mapping[str, Any] | None) -> str:
    """What keywords are looked for in."""
    told = [item["id"], item["files"], params.get("fields"), params.get("notify_url"), params.get("redirect_url")]
    said = [error["error"], error.get("message")] if error else []
    return orjson.dumps([*told, *said]).decode().lower()


def _files(assembly: Assembly) -> str | None:
    uploads = [made for made in assembly.files.values() if made.step == ORIGINAL][:MOST_FILES]
    return orjson.dumps([_file(made) for made in uploads]).decode() if uploads else None


def _file(made: Made) -> dict[str, Any]:
    file = made.file
    return {name: getattr(file, name) for name in ("id", "name", "ext", "size", "mime", "type", "field", "md5hash")}


def _json(values: list[str] | None) -> str | None:
    return None if values is None else orjson.dumps(values).decode()
