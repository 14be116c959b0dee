"""Replay: what an Assembly that has ended is made of once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.parts import ORIGINAL, Made
from server.model.template import Template, merged

OWN = ("steps", "fields", "notify_url")
UNSAID: tuple[Any, ...] = (None, "", {}, [])
LOST = "ASSEMBLY_CANNOT_BE_REPLAYED"


def replayed(original: Assembly, params: Mapping[str, Any], template: Template | None) -> dict[str, Any]:
    """Its instructions, and what the replay says over them; with a Template, as it is made of that one now."""
    kept = original.instructions.params
    base = merged(template, _said(original)) if template else kept
    own = {name: params[name] for name in OWN if params.get(name) not in UNSAID}
    return merged(Template("", "", base), {**own, "template_id": template.id if template else kept.get("template_id")})


def wants_template(original: Assembly, params: Mapping[str, Any]) -> str | None:
    """The Template to read again, or another one; raises ApiError."""
    again = params.get("reparse_template")
    if again not in (None, 0, 1, "0", "1"):
        raise ApiError("ASSEMBLY_NOT_REPLAYED", "reparse_template must be 0 or 1.")
    if params.get("template_id") not in UNSAID:
        return str(params["template_id"])
    return original.request.template_id if again in (1, "1") else None


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
