"""Told: what the description of the API says of a route, written as a decorator where the route is handled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from robots.base.params import Params

# Who may use a route: anybody (who knows the id, where there is one), who has a key, who can sign with its secret, who
# sends both, who can sign an address.
Access = Literal["open", "key", "signed", "login", "address"]
Json = Mapping[str, Any]
Act = TypeVar("Act", bound=Callable[..., Any])

JSON = "application/json"
FORM = ("INVALID_FORM_DATA", "REQUEST_PREMATURE_CLOSED")
PARAMS = ("INVALID_PARAMS_FIELD", "NO_OBJECT_PARAMS_FIELD", "NO_PARAMS_FIELD")
SENDER = (
    *("NO_AUTH_PARAMETER", "NO_OBJECT_AUTH_PARAMETER", "NO_AUTH_KEY_PARAMETER", "INVALID_AUTH_KEY_PARAMETER"),
    *("GET_ACCOUNT_UNKNOWN_AUTH_KEY", "GET_ACCOUNT_DB_ERROR", "INVALID_AUTH_REFERER_PARAMETER", "REFERER_MISMATCH"),
    *("NO_AUTH_EXPIRES_PARAMETER", "INVALID_AUTH_EXPIRES_PARAMETER", "AUTH_EXPIRED", "NO_SIGNATURE_FIELD"),
    *("INVALID_SIGNATURE", "SIGNATURE_REUSE_DETECTED", "INVALID_AUTH_MAX_SIZE_PARAMETER"),
    *("INVALID_AUTH_MAX_NUMBER_OF_FILES_PARAMETER", "BEARER_TOKEN_INVALID", "BEARER_TOKEN_EXPIRED"),
    *("BEARER_TOKEN_AUTH_KEY_MISMATCH", "INSUFFICIENT_AUTH_SCOPE"),
)
INSTRUCTIONS = (
    *("ASSEMBLY_DISALLOWED_ROBOTS_USED", "ASSEMBLY_EMPTY_STEPS", "ASSEMBLY_INFINITE", "ASSEMBLY_INVALID_NOTIFY_URL"),
    *("ASSEMBLY_INVALID_STEPS", "ASSEMBLY_NO_STEPS", "ASSEMBLY_STEP_INVALID", "ASSEMBLY_STEP_INVALID_ROBOT"),
    *("ASSEMBLY_STEP_INVALID_USE", "ASSEMBLY_STEP_NO_ROBOT", "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
    *("ASSEMBLY_STEP_UNKNOWN_USE", "INVALID_STEP_NAME", "INVALID_UPLOAD_HANDLE_STEP_NAME", "*_VALIDATION"),
    *("TEMPLATE_CREDENTIALS_INJECTION_ERROR", "TEMPLATE_DB_ERROR", "TEMPLATE_DENIES_STEPS_OVERRIDE"),
    *("TEMPLATE_NOT_FOUND 400", "TEMPLATE_VALIDATION_ERROR", "NO_TEMPLATE_ID", "RATE_LIMIT_REACHED"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a route is for, what it reads and what it answers.

    `params` are in the JSON of the field of this name, beside `auth`; `form` are fields of their own, `query` those of
    the address and `headers` what a request carries, each with its schema. `needs` names those without which it does
    not go, `sort` the columns of a list, `body` the type of a body that is no form.

    The answer has one of the models of `reply` or is of the type `media`, with one of the words `ok`; `event` is what
    one event of a stream has, `more` are other answers, by status. `codes` are its errors: one with another status than
    usual has it behind its name, and * stands for the name of a robot.
    """

    summary: str
    access: Access = "open"
    params: type[Params] | None = None
    form: type[Params] | None = None
    query: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, Json] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    files: bool = False
    body: str | None = None
    status: int = 200
    ok: tuple[str, ...] = ()
    reply: tuple[type[BaseModel], ...] = ()
    media: tuple[str, ...] = (JSON,)
    event: Json = field(default_factory=dict)
    more: Mapping[int, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()

    def __call__(self, act: Act) -> Act:
        """Marks the handler of a route."""
        act.told = self  # type: ignore[attr-defined]
        return act

    @property
    def every_code(self) -> tuple[str, ...]:
        """Those of who asks, too."""
        asked = (*FORM, *PARAMS, *SENDER) if self.access in ("key", "signed") else ()
        return tuple(dict.fromkeys((*asked, *self.codes)))
