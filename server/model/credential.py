"""Template Credentials: what a storage or service wants to know, kept under a name that steps can give."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetPydanticSchema
from pydantic_core.core_schema import literal_schema

from robots.base.params import Param
from server.errors import ApiError
from server.model.masking import SECRET
from server.model.sent import Sent
from server.model.step import Step
from server.model.template import no_id

NAME = re.compile(r"[A-Za-z0-9_-]{4,100}")
INJECTION = "TEMPLATE_CREDENTIALS_INJECTION_ERROR"
LONG_LINE = 16  # a line of a private key is a secret too; one such as "-----END" is not

S3 = ("key", "secret", "bucket", "bucket_region")
S3_ELSEWHERE = (*S3, "host")
AI_KEYS = tuple(
    f"{name}_api_key" for name in ("openai", "anthropic", "google_generative_ai", "xai", "deepseek", "replicate")
)
# type: the names that its content can have, which are those of the robots' parameters
TYPES: Mapping[str, tuple[str, ...]] = {
    "ai": AI_KEYS,
    "azure": ("account", "container", "key"),
    "backblaze": ("bucket", "app_key_id", "app_key"),
    "box": ("access_token", "key_file_contents"),
    "cloudflare": ("key", "secret", "bucket", "host", "url_prefix"),
    "companion": ("provider", "key", "secret"),
    "digitalocean": ("key", "secret", "space", "region", "url_prefix"),
    "dropbox": ("access_token", "refresh_token"),
    "ftp": ("host", "port", "user", "password"),
    "google": ("project_id", "client_email", "private_key", "bucket"),
    "http": ("headers",),
    "mega": S3_ELSEWHERE,
    "minio": ("key", "secret", "bucket", "host"),
    "rackspace": ("account_type", "data_center", "user", "key", "container"),
    "s3": (*S3_ELSEWHERE, "no_vhost", "session_token", "url_prefix"),
    "sftp": ("host", "port", "user", "public_key", "private_key", "password", "host_key"),
    "supabase": S3_ELSEWHERE,
    "swift": S3_ELSEWHERE,
    "tigris": S3_ELSEWHERE,
    "vimeo": ("access_token", "client_id", "client_secret"),
    "wasabi": S3_ELSEWHERE,
    "youtube": ("access_token", "refresh_token", "client_id", "client_secret"),
}
HOSTS = frozenset({"host", "endpoint"})  # who may override these could have the secrets sent to himself
OTHERWISE = {"cloudfiles": "rackspace", "tus": "http"}  # families that are not called like their type

Name = Annotated[str, Field(pattern=f"^{NAME.pattern}$", strict=True), AfterValidator(no_id)]
Type = Annotated[str, GetPydanticSchema(lambda kind, handler: literal_schema([*TYPES]))]


class CredentialParams(Sent):
    """Template Credentials; what is not named stays as it is."""

    words = {
        "name": "must have 4 to 100 letters, digits and dashes, and not look like an id",
        "content": "must be an object of names and values",
    }

    name: Name = Param(help="What steps call them.")
    type: Type = Param(help="What they are for.")
    content: dict[str, Any] = Param(help="Values for the parameters of robots, or the JSON text of them.", min_length=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """`content` has the names of parameters; a step that names these credentials need not give them itself."""

    id: str
    name: str
    type: str
    content: Mapping[str, Any]

    def changed(self, params: Mapping[str, Any], code: str) -> Credential:
        """As the params want it: what they do not name stays. `content` is an object. Raises ApiError with the code."""
        given = {name: params[name] for name in CredentialParams.names() if params.get(name) is not None}
        made = {"name": self.name, "type": self.type, "content": self.content, **given}
        return replace(self, **dict(CredentialParams.read(made, code)))

    def under(self, params: Mapping[str, Any], known: Collection[str], own: Mapping[str, Any]) -> dict[str, Any]:
        """A robot's parameters with these below: `known` are the names that the robot has, `own` those of the step.

        Raises ApiError where the step would send the secrets to another host than the one that they are for.
        """
        for name in HOSTS & self.content.keys() & own.keys():
            if own[name] is not None and params[name] != self.content[name]:
                raise ApiError(INJECTION, f'{name}: the Template Credentials "{self.name}" are for another {name}.')
        below = {name: value for name, value in self.content.items() if name in known and own.get(name) is None}
        return {**params, **below}


def types() -> dict[str, Any]:
    """Every type and its fields, as clients that draw a form read them."""
    return {name: {"fields": {field: _field(field) for field in fields}} for name, fields in TYPES.items()}


def named(step: Step) -> str | None:
    """The credentials that a step names."""
    name = step.params.get("credentials")
    return name if isinstance(name, str) and name else None


def unfit(step: Step, name: str, found: str | None) -> ApiError | None:
    """Why a step cannot use the credentials of this name; `found` is their type, if there are any."""
    if found is None:
        return ApiError(INJECTION, f'Step "{step.name}": there are no Template Credentials "{name[:100]}".')
    family = step.robot.split("/")[1]
    wanted = OTHERWISE.get(family, family)
    if wanted in TYPES and wanted != found:
        reason = f'the Template Credentials "{name}" are of the type {found}, and {step.robot} needs {wanted}.'
        return ApiError(INJECTION, f'Step "{step.name}": {reason}')
    return None


def secrets_of(content: Mapping[str, Any]) -> frozenset[str]:
    """What no text may show: the values of fields with the names of secrets, and each line of a key."""
    found: set[str] = set()
    for name, value in content.items():
        if isinstance(value, Mapping):
            found |= secrets_of(value)
        elif isinstance(value, str) and SECRET.search(name):
            found |= {value, *(line for line in value.splitlines() if len(line) >= LONG_LINE)}
    return frozenset(text for text in found if text)


def _field(name: str) -> dict[str, Any]:
    return {"label": name.replace("_", " ").capitalize(), "type": "password" if SECRET.search(name) else "text"}
