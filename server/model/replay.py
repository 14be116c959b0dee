"""Replay: what an Assembly that has ended is made of once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from robots.base.params import Param
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.parts import ORIGINAL, Made
from server.model.sent import Sent
from server.model.template import Switch, Template, merged

OWN = ("steps", "fields", "notify_url")
UNSAID: tuple[Any, ...] = (None, "", {}, [])
LOST = "ASSEMBLY_CANNOT_BE_REPLAYED"
# What the fields of any Assembly have for codes.
CODES = {
    "steps": "ASSEMBLY_INVALID_STEPS",
    "fields": "INVALID_PARAMS_FIELD",
    "notify_url": "ASSEMBLY_INVALID_NOTIFY_URL",
}


class AssemblyReplayParams(Sent):
    """What an Assembly is run again with."""

    steps: dict[str, Any] | None = Param(None, "Laid over its steps.")
    fields: dict[str, Any] | None = Param(None, "Laid over its fields.")
    notify_url: str | None = Param(None, "In place of its notify_url.")
    template_id: str | None = Param(None, "Another Template.")
    reparse_template: Switch | None = Param(None, "1 makes it from its Template as that is now.")


def wished(params: Mapping[str, Any]) -> AssemblyReplayParams:
    """Reads what a replay says; raises ApiError."""
    said = {name: value for name, value in params.items() if value not in UNSAID}
    return AssemblyReplayParams.read(said, "ASSEMBLY_NOT_REPLAYED", **CODES)


def replayed(original: Assembly, wish: AssemblyReplayParams, template: Template | None) -> dict[str, Any]:
    """Its instructions, and what the replay says over them; with a Template, as it is made of that one now."""
    kept = original.instructions.params
    base = merged(template, _said(original)) if template else kept
    own = {name: getattr(wish, name) for name in OWN if name in wish.model_fields_set}
    return merged(Template("", "", base), {**own, "template_id": template.id if template else kept.get("template_id")})


def wants_template(original: Assembly, wish: AssemblyReplayParams) -> str | None:
    """The Template to read again, or another one."""
    return wish.template_id or (original.request.template_id if wish.reparse_template else None)


def inputs(original: Assembly) -> list[Made]:
    """The uploads that it began with; what steps imported they import again. Raises ApiError."""
    if not original.terminal:
        raise ApiError("ASSEMBLY_NOT_FINISHED", assembly_id=original.id)
    if original.uploaded is None:
        raise ApiError(LOST, "The Assembly ended before all of its uploads had come.", assembly_id=original.id)
    made = [one for one in original.files.values() if one.step == ORIGINAL]
    known = {one.upload for one in made}
    unread = [id for id, upload in original.uploads.items() if upload.received and id not in known]
    if (unread and original.state != "completed") or not all(one.whole for one in made):
        raise ApiError(LOST, "The Assembly ended before all of its uploads were read.", assembly_id=original.id)
    return made


def _said(original: Assembly) -> dict[str, Any]:
    """What the request had said over its Template. The record of it is masked, so the values are those in effect."""
    kept, sent = original.instructions.params, orjson.loads(original.request.params)
    before = orjson.loads(original.request.merged or original.request.params).get("fields") or {}
    said: dict[str, Any] = _picked(sent, kept)
    form = {name: value for name, value in original.instructions.fields.items() if name not in before}
    return {**said, "fields": {**(said.get("fields") or {}), **form}}


def _picked(sent: Any, kept: Any) -> Any:
    if isinstance(sent, Mapping) and isinstance(kept, Mapping):
        return {name: _picked(value, kept[name]) for name, value in sent.items() if name in kept}
    if isinstance(sent, Sequence) and isinstance(kept, list) and not isinstance(sent, str):
        return [_picked(old, new) for old, new in zip(sent, kept, strict=False)]
    return sent if sent is None else kept
