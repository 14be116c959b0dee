"""Template: stored Assembly Instructions, and how a request is laid over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.errors import ApiError

WRONG = "TEMPLATE_VALIDATION_ERROR"
NAME = re.compile(r"[a-z0-9-]{5,40}")
ID = re.compile(r"[0-9a-f]{32}")
STATUS_EXPIRY = ("NoSave", "1day", "7days", "30days", "90days")
RESULT_EXPIRY = ("NoSave", "1day")
FLAGS = {False: False, True: True, "0": False, "1": True, "false": False, "true": True}
# What is about the Template itself; all else at the head of the params is taken for its content, as Python sends it.
ABOUT = frozenset(
    {
        "auth",
        "nonce",
        "name",
        "template",
        "require_signature_auth",
        "assembly_status_expiry",
        "transcoding_result_expiry",
    }
)
EMPTY: tuple[Any, ...] = (None, {}, [])  # clients send an empty object, or an empty list, when they mean nothing


@dataclass(frozen=True, slots=True)
class Template:
    """`content` is exactly what its owner sent. One that is `signed` takes no request without a signature."""

    id: str
    name: str
    content: Mapping[str, Any]
    signed: bool = False
    status_expiry: str | None = None
    result_expiry: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What its owner reads, with the names that old clients ask for beside the others."""
        return {
            "id": self.id,
            "name": self.name,
            "content": self.content,
            "require_signature_auth": int(self.signed),
            "assembly_status_expiry": self.status_expiry,
            "transcoding_result_expiry": self.result_expiry,
            "template_id": self.id,
            "template_name": self.name,
        }

    def changed(self, params: Mapping[str, Any]) -> Template:
        """As the params want it: what they do not name stays. `template` is an object. Raises ApiError."""
        content = _content(params)
        if content is None and not self.content:
            raise ApiError(WRONG, "`template` is required: an object with `steps`.")
        return replace(
            self,
            name=name_of(params.get("name")) if params.get("name") is not None or not self.name else self.name,
            content=self.content if content is None else content,
            signed=_flag("require_signature_auth", params.get("require_signature_auth"), self.signed),
            status_expiry=_one_of("assembly_status_expiry", params, STATUS_EXPIRY, self.status_expiry),
            result_expiry=_one_of("transcoding_result_expiry", params, RESULT_EXPIRY, self.result_expiry),
        )


def name_of(given: Any) -> str:
    """A name by which no other Template could be meant; raises ApiError."""
    if not isinstance(given, str) or not NAME.fullmatch(given) or ID.fullmatch(given):
        reason = "`name` must have 5 to 40 characters: small letters, digits and dashes, and not look like an id."
        raise ApiError(WRONG, reason)
    return given


def merged(template: Template, params: Mapping[str, Any]) -> dict[str, Any]:
    """The Template, and the request over it; raises ApiError where the Template forbids that."""
    content, given = template.content, dict(params)
    if given.get("steps") in EMPTY:
        given.pop("steps", None)
    elif not _flag("allow_steps_override", content.get("allow_steps_override"), True):
        raise ApiError("TEMPLATE_DENIES_STEPS_OVERRIDE")
    if given.get("fields") == []:
        del given["fields"]
    # At the head null stands for "not there"; further down it takes a value away.
    over = {name: value for name, value in given.items() if value is not None or content.get(name) is None}
    # Which Template it was is for the request to say, and whether it may be overridden is not.
    own = {name: content[name] for name in ("allow_steps_override",) if name in content}
    return {**_over(content, over), **own, "template_id": params.get("template_id")}


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Objects recurse, lists are laid over each other item by item, all else is replaced."""
    made = dict(below)
    for name, value in above.items():
        made[name] = _laid(made[name], value) if name in made else value
    return made


def _laid(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return _over(below, above)
    if isinstance(below, list) and isinstance(above, list):
        met = [_laid(old, new) for old, new in zip(below, above, strict=False)]
        return [*met, *below[len(met) :], *above[len(met) :]]
    return above


def _content(params: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the Template is to hold; None where the params do not say."""
    given = params.get("template")
    if given is None:
        given = {name: value for name, value in params.items() if name not in ABOUT} if "steps" in params else None
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ApiError(WRONG, "`template` must be an object with `steps`, or the JSON text of one.")
    if not isinstance(given.get("steps", {}), Mapping) and given["steps"] != []:
        raise ApiError(WRONG, "The `steps` of a Template must be an object that maps names to steps.")
    if not isinstance(given.get("auth") or {}, Mapping):
        raise ApiError(WRONG, "The `auth` of a Template must be an object.")
    _flag("allow_steps_override", given.get("allow_steps_override"), True)
    return given


def _flag(name: str, given: Any, default: bool) -> bool:
    if given is None:
        return default
    if isinstance(given, bool | int | str) and given in FLAGS:
        return FLAGS[given]
    raise ApiError(WRONG, f"`{name}` must be true or false.")


def _one_of(name: str, params: Mapping[str, Any], known: tuple[str, ...], default: str | None) -> str | None:
    if name not in params:
        return default
    given: str | None = params[name]
    if given is not None and given not in known:
        raise ApiError(WRONG, f"`{name}` must be one of {', '.join(known)}.")
    return given
