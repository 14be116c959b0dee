"""Template: stored Assembly Instructions, and how a request is laid over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from robots.base.params import Param
from server.errors import ApiError
from server.model.options import Object
from server.model.sent import Sent

WRONG = "TEMPLATE_VALIDATION_ERROR"
NAME = re.compile(r"[a-z0-9-]{5,40}")
ID = re.compile(r"[0-9a-f]{32}")
FLAGS = {False: False, True: True, "0": False, "1": True, "false": False, "true": True}
DAY = 86400.0
# Seconds after the end. What is not to be saved stays for a last look: clients are told of the end, and then ask.
LIFETIMES = {"NoSave": 60.0, "1day": DAY, "7days": 7 * DAY, "30days": 30 * DAY, "90days": 90 * DAY}
EMPTY: tuple[Any, ...] = (None, {}, [])  # clients send an empty object, or an empty list, when they mean nothing


def no_id(name: str) -> str:
    """A name by which nothing else could be meant."""
    if ID.fullmatch(name):
        raise ValueError("must not look like an id")
    return name


def _switched(given: Any) -> bool:
    if isinstance(given, bool | int | str) and given in FLAGS:
        return FLAGS[given]
    raise ValueError("must be true or false")


Name = Annotated[str, Field(pattern=f"^{NAME.pattern}$", strict=True), AfterValidator(no_id)]
Switch = Annotated[bool, BeforeValidator(_switched, json_schema_input_type=bool | Literal[0, 1])]


class TemplateContent(Sent):
    """Assembly Instructions to be kept. They are checked whole when an Assembly is made of them."""

    steps: Object = Param({}, "What is to be done, by the names of the steps.")
    auth: Annotated[Object, BeforeValidator(lambda given: given or {})] = Param({}, "Limits for who uses it.")
    allow_steps_override: Switch | None = Param(True, "Whether requests may bring steps of their own.")


class TemplateParams(Sent):
    """A Template; what is not named stays as it is."""

    words = {
        "name": "must have 5 to 40 characters: small letters, digits and dashes, and not look like an id",
        "template": "must be an object with `steps`, or the JSON text of one",
        "template.steps": "must be an object that maps names to steps",
    }

    name: Name = Param(help="What requests call it.")
    template: TemplateContent = Param(help="Assembly Instructions, or the JSON text of them.")
    require_signature_auth: Switch = Param(False, "Whether Assemblies need a signature to be made from it.")
    assembly_status_expiry: Literal["NoSave", "1day", "7days", "30days", "90days"] | None = Param(
        None, "How long the records of its Assemblies are kept, though never less than their results."
    )
    transcoding_result_expiry: Literal["NoSave", "1day"] | None = Param(
        None, "How long the results of its Assemblies are kept, and what was uploaded for them."
    )


# What is about the Template itself; all else at the head of the params is taken for its content, as Python sends it.
ABOUT = TemplateParams.names() | {"auth", "nonce"}
NULLABLE = ("assembly_status_expiry", "transcoding_result_expiry")


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

    @property
    def leaves(self) -> dict[str, Any]:
        """What Assemblies remember of it, as it is when they are made."""
        return {
            "template_id": self.id,
            "template_name": self.name,
            "result_lifetime": LIFETIMES.get(self.result_expiry or ""),
            "record_lifetime": LIFETIMES.get(self.status_expiry or ""),
        }

    def changed(self, params: Mapping[str, Any]) -> Template:
        """As the params want it: what they do not name stays. `template` is an object. Raises ApiError."""
        given = {name: value for name, value in params.items() if value is not None or name in NULLABLE}
        if "template" not in given and "steps" in params:
            given["template"] = {name: value for name, value in params.items() if name not in ABOUT}
        made = {**self.told, "template": self.content or None, **given}
        wish = TemplateParams.read(made, WRONG)
        return replace(
            self,
            name=wish.name,
            content=made["template"],
            signed=wish.require_signature_auth,
            status_expiry=wish.assembly_status_expiry,
            result_expiry=wish.transcoding_result_expiry,
        )


def merged(template: Template, params: Mapping[str, Any]) -> dict[str, Any]:
    """The Template, and the request over it; raises ApiError where the Template forbids that."""
    content, given = template.content, dict(params)
    # Which Template it was is for the request to say, and whether it may be overridden is not.
    own = {name: content[name] for name in ("allow_steps_override",) if name in content}
    if given.get("steps") in EMPTY:
        given.pop("steps", None)
    elif TemplateContent.read(own, WRONG).allow_steps_override is False:
        raise ApiError("TEMPLATE_DENIES_STEPS_OVERRIDE")
    if given.get("fields") == []:
        del given["fields"]
    # At the head null stands for "not there"; further down it takes a value away.
    over = {name: value for name, value in given.items() if value is not None or content.get(name) is None}
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
