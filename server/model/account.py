"""Account: somebody who may use this server, with what holds for nobody else; and the auth keys that open it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.errors import ApiError
from server.model.rights import Scopes, scopes

ALGORITHMS = ("sha1", "sha256", "sha384")
FIRST = "first"  # the name of the account of the key that the settings tell
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST_DESCRIPTION = 1000
FLAGS = {False: False, True: True, "0": False, "1": True, "false": False, "true": True}
# What the API calls them, and what they are called here.
SWITCHES = {"is_active": "active", "is_allowed_for_smartcdn": "smart_cdn", "can_show_auth_secret": "shown"}


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

    def changed(self, params: Mapping[str, Any], code: str) -> AuthKey:
        """As the params want it: what they do not name stays. Raises ApiError with the code."""
        given: dict[str, Any] = {
            own: _flag(params[name], name, code) for name, own in SWITCHES.items() if params.get(name) is not None
        }
        if "signature_algo" in params:
            given["algo"] = _algo(params["signature_algo"], code)
        if params.get("scope") is not None:
            given["scopes"] = _scopes(params["scope"], code)
        if params.get("description") is not None:
            given["description"] = _description(params["description"], code)
        return replace(self, **given)


def first_account(key: str) -> str:
    """The id of the account of the key in the settings; an account is shown by an id, never by its key."""
    return uuid.uuid5(uuid.NAMESPACE_URL, key).hex


def wished_key(given: Any, code: str) -> str:
    """A key that its owner has thought of; raises ApiError."""
    if not isinstance(given, str) or not KEY.fullmatch(given):
        raise ApiError(code, "`auth_key` must have 8 to 64 letters, digits, dashes and underscores.")
    return given


def _flag(given: Any, name: str, code: str) -> bool:
    if not isinstance(given, str | int) or given not in FLAGS:
        raise ApiError(code, f"`{name}` must be true or false.")
    return FLAGS[given]


def _algo(given: Any, code: str) -> str | None:
    if given is not None and given not in ALGORITHMS:
        raise ApiError(code, f"`signature_algo` must be {', '.join(ALGORITHMS)} or null.")
    return str(given) if given else None


def _scopes(given: Any, code: str) -> frozenset[str]:
    try:
        found = scopes(given) if isinstance(given, str) else frozenset[str]()
    except ValueError as error:
        raise ApiError(code, f"`scope`: {error}.") from error
    if not found:
        raise ApiError(code, "`scope` must name what the key may do, such as `assemblies:write templates:read`.")
    return found


def _description(given: Any, code: str) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_DESCRIPTION:
        raise ApiError(code, f"`description` must be a text of at most {LONGEST_DESCRIPTION} characters.")
    return given
