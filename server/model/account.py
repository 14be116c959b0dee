"""Account: somebody who may use this server, with what holds for nobody else; and the auth keys that open it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, WithJsonSchema

from robots.base.params import Param
from server.model.rights import SCOPES, Scopes, scopes
from server.model.sent import Sent
from server.model.template import Switch

Algorithm = Literal["sha1", "sha256", "sha384"]
ALGORITHMS: tuple[str, ...] = get_args(Algorithm)
FIRST = "first"  # the name of the account of the key that the settings tell
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST_DESCRIPTION = 1000
# What the API calls them, and what they are called here.
NAMES = {
    "description": "description",
    "scope": "scopes",
    "signature_algo": "algo",
    "is_active": "active",
    "is_allowed_for_smartcdn": "smart_cdn",
    "can_show_auth_secret": "shown",
}


def _key(given: Any) -> str:
    if not isinstance(given, str) or not KEY.fullmatch(given):
        raise ValueError("must have 8 to 64 letters, digits, dashes and underscores")
    return given


def _scopes(given: Any) -> frozenset[str]:
    found = scopes(given) if isinstance(given, str) else frozenset[str]()
    if not found:
        raise ValueError("must name what the key may do, such as `assemblies:write templates:read`")
    return found


Key = Annotated[str, BeforeValidator(_key), WithJsonSchema({"type": "string", "pattern": f"^{KEY.pattern}$"})]
Scope = Annotated[
    frozenset[str],
    BeforeValidator(_scopes),
    WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(SCOPES)})$", "examples": ["read"]}),
]


class AuthKeyParams(Sent):
    """An auth key; what is not named stays as it is."""

    model_config = ConfigDict(coerce_numbers_to_str=False)

    description: str | None = Param(None, "Your own words.", max_length=LONGEST_DESCRIPTION)
    scope: Scope | None = Param(None, "What it may do: scopes with spaces between them.")
    signature_algo: Algorithm | None = Param(None, "The only way to sign with it.")
    is_active: Switch | None = Param(None, "Whether it opens anything.")
    is_allowed_for_smartcdn: Switch | None = Param(None, "Whether it signs addresses of the content network.")


class NewAuthKeyParams(AuthKeyParams):
    """What cannot be changed later stands here."""

    auth_key: Key | None = Param(None, "A key of your own.")
    can_show_auth_secret: Switch | None = Param(None, "Whether its secret can be read again.")


@dataclass(frozen=True, slots=True)
class Account:
    """A limit that is None is the one of the settings."""

    id: str
    name: str = ""
    require_signature: bool = False
    require_template: bool = False
    disallowed_robots: frozenset[str] = field(default=frozenset())
    max_creations: int | None = None
    max_running: int | None = None
    max_assembly_files: int | None = None
    max_assembly_size: int | None = None
    max_assembly_jobs: int | None = None

    def changed(self, options: Mapping[str, Any]) -> Account:
        """With these options, as they are kept."""
        robots = options.get("disallowed_robots", self.disallowed_robots)
        return replace(self, **{**options, "disallowed_robots": frozenset(robots)})


@dataclass(frozen=True, slots=True)
class AuthKey:
    """`algo` pins how its signatures are made; what is done with it needs one of its `scopes`."""

    key: str
    secret: str
    account: Account
    id: str = ""
    description: str = ""
    scopes: Scopes = None
    algo: str | None = None
    active: bool = True
    smart_cdn: bool = False
    shown: bool = False

    def changed(self, wish: AuthKeyParams) -> AuthKey:
        """As is wished: what is not named stays, and so does what is null. Only the algorithm can be nothing."""
        named = {name: getattr(wish, name) for name in NAMES if name in wish.model_fields_set}
        given = {NAMES[name]: value for name, value in named.items() if value is not None or name == "signature_algo"}
        return replace(self, **given)


def first_account(key: str) -> str:
    """The id of the account of the key in the settings; an account is shown by an id, never by its key."""
    return uuid.uuid5(uuid.NAMESPACE_URL, key).hex
