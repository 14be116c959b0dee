"""Replies: the JSON that clients read, as the description of the API tells it; more keys may come with time."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from robots.base.params import Param

Object = dict[str, Any]


class Reply(BaseModel):
    """Clients tolerate what they do not know."""

    model_config = ConfigDict(extra="allow", defer_build=True)  # most are only read to describe the API


class Said(Reply):
    """How all replies begin that tell of a success."""

    ok: str = Param(help="What was done.")
    http_code: int = Param(help="The HTTP status.")
    message: str = Param(help="The same in words.")


class Failure(Reply):
    """A refusal."""

    error: str = Param(help="What is wrong, as one of the codes.")
    http_code: int = Param(help="The HTTP status.")
    message: str = Param(help="The same in words.")
    reason: str | None = Param(None, "More about this case.")
    info: Object | None = Param(None, "`retryIn` tells the seconds to wait.")


class Greeting(Reply):
    """The server."""

    ok: str
    http_code: int
    hostname: str = Param(help="What it calls itself.")


class Health(Reply):
    """How well the server is kept."""

    ok: str
    http_code: int
    version: str
    sandbox: str = Param(help="The level that programs run at.")
    loop_lag_ms: float = Param(help="How late the loop is, all but the worst hundredth of times.")
    free_disk: int = Param(help="Bytes.")


class PageFacts(Reply):
    """What the start page may know."""

    key: str | None = Param(help="The auth key, for a browser on the server's own machine.")
    require_signature: bool
    sandbox: str


class TemplateItem(Reply):
    """A Template."""

    id: str
    name: str
    content: Object
    require_signature_auth: int
    assembly_status_expiry: str | None
    transcoding_result_expiry: str | None


class TemplateShown(Said, TemplateItem):
    """A Template, and what was done with it."""


class TemplateItems(Reply):
    """A page of Templates."""

    items: list[TemplateItem]
    count: int = Param(help="How many there are on all pages.")


class CredentialItem(Reply):
    """Template Credentials, secrets included."""

    id: str
    account_id: str
    name: str
    type: str
    content: Object
    stringified: str = Param(help="The content as JSON text.")
    created: str
    modified: str


class CredentialShown(Said):
    """Template Credentials, and what was done with them."""

    credential: CredentialItem


class CredentialItems(Said):
    """A page of Template Credentials."""

    credentials: list[CredentialItem]


class CredentialTypes(Said):
    """Each type, and its fields."""

    types: dict[str, Object]


class AuthKeyItem(Reply):
    """An auth key."""

    id: str
    auth_key: str
    auth_secret: str | None = Param(None, "Told only when the key is made.")
    description: str
    scope: str | None
    signature_algo: str | None
    is_active: bool
    is_allowed_for_smartcdn: bool
    can_show_auth_secret: bool
    created: str | None
    modified: str | None
    last_used: str | None


class AuthKeyShown(Said):
    """An auth key, and what was done with it."""

    auth_key: AuthKeyItem


class AuthKeyItems(Said):
    """All auth keys."""

    auth_keys: list[AuthKeyItem]


class ScopesShown(Said):
    """All scopes."""

    scopes: list[str]


class SecretShown(Said):
    """A key with its secret."""

    auth_key: str
    auth_secret: str


class TokenShown(Reply):
    """A bearer token."""

    access_token: str
    token_type: str
    expires_in: int = Param(help="Seconds.")
    scope: str


class Bill(Said):
    """What an account used in a month."""

    invoice_id: str
    month: str
    created: str
    plan: Object
    robots: dict[str, Object]
    used_gb: float
    total: float


class JobSlots(Said):
    """The jobs that run."""

    priority_job_slots: Object


class Stats(Said):
    """Figures over time."""

    granularity: int = Param(help="The seconds of one period.")
    stats: list[Object]


class RobotItem(Reply):
    """A robot."""

    name: str
    description: str
    accepts: list[str]
    robot_schema: str = Param(alias="schema", help="Where its JSON Schema is.")


class Robots(Reply):
    """All robots."""

    robots: list[RobotItem]
