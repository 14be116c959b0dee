"""Sent: what requests may hold that no model reads: their fields are checked by hand, one after the other."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, WithJsonSchema

from robots.base.params import Param, Params
from server.model.account import ALGORITHMS, KEY, LONGEST_DESCRIPTION
from server.model.credential import NAME as CREDENTIAL_NAME
from server.model.credential import TYPES
from server.model.options import Options
from server.model.rights import SCOPES
from server.model.template import NAME as TEMPLATE_NAME
from server.model.template import RESULT_EXPIRY, STATUS_EXPIRY

EXPIRES = "2030/01/31 16:53:14+00:00"
SINCE = "2024-01-31 16:53:14"
Object = dict[str, Any]
Switch = bool | Literal[0, 1]
Scope = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(SCOPES)})$", "examples": ["read"]})]


def _one_of(*known: str | None) -> WithJsonSchema:
    return WithJsonSchema({"enum": list(known)})


class Sent(Params):
    """Other keys are tolerated."""

    model_config = ConfigDict(extra="ignore")


class AuthParams(Sent):
    """Who sends a request. With a bearer token none of it is needed."""

    key: str | None = Param(None, "The auth key.")
    expires: str | None = Param(None, "Until when a signed request counts.", examples=[EXPIRES])
    nonce: str | None = Param(None, "With one, a signed request can be sent once only.")
    referer: str | None = Param(None, "A regular expression for the Referer of the request.")
    max_size: int | None = Param(None, "The most bytes of a file.", ge=0)
    max_number_of_files: int | None = Param(None, "The most files.", ge=1)


class AssemblyParams(Options):
    """The Assembly Instructions of a request; those of a Template lie under them."""

    steps: Object = Param({}, "What is to be done, by the names of the steps.")


class TemplateParams(Sent):
    """A Template; what is not named stays as it is."""

    name: str = Param("", "What requests call it.", pattern=f"^{TEMPLATE_NAME.pattern}$")
    template: Object = Param({}, "Assembly Instructions, or the JSON text of them.")
    require_signature_auth: Switch = Param(False, "Whether Assemblies need a signature to be made from it.")
    assembly_status_expiry: Annotated[str | None, _one_of(*STATUS_EXPIRY, None)] = Param(None, "Kept, and told again.")
    transcoding_result_expiry: Annotated[str | None, _one_of(*RESULT_EXPIRY, None)] = Param(
        None, "Kept, and told again."
    )


class CredentialParams(Sent):
    """Template Credentials; what is not named stays as it is."""

    name: str = Param("", "What steps call them.", pattern=f"^{CREDENTIAL_NAME.pattern}$")
    type: Annotated[str, _one_of(*TYPES)] = Param("", "What they are for.")
    content: Object = Param({}, "Values for the parameters of robots, or the JSON text of them.", min_length=1)


class AuthKeyParams(Sent):
    """An auth key; what is not named stays as it is."""

    description: str = Param("", "Your own words.", max_length=LONGEST_DESCRIPTION)
    scope: Scope = Param("", "What it may do: scopes with spaces between them.")
    signature_algo: Annotated[str | None, _one_of(*ALGORITHMS, None)] = Param(None, "The only way to sign with it.")
    is_active: Switch = Param(True, "Whether it opens anything.")
    is_allowed_for_smartcdn: Switch = Param(False, "Whether it signs addresses of the content network.")


class NewAuthKeyParams(AuthKeyParams):
    """What cannot be changed later stands here."""

    auth_key: str | None = Param(None, "A key of your own.", pattern=f"^{KEY.pattern}$")
    can_show_auth_secret: Switch = Param(False, "Whether its secret can be read again.")


class AssemblyReplayParams(Sent):
    """What an Assembly is run again with."""

    steps: Object | None = Param(None, "Laid over its steps.")
    fields: Object | None = Param(None, "Laid over its fields.")
    notify_url: str | None = Param(None, "In place of its notify_url.")
    template_id: str | None = Param(None, "Another Template.")
    reparse_template: Literal[0, 1] | None = Param(None, "1 makes it from its Template as that is now.")


class StatsParams(Sent):
    """Which Assemblies statistics are made of."""

    region: str = Param("", "Where they ran; the status of an Assembly tells it.", min_length=1)
    since: str = Param("", "Since when, at most a year.", examples=[SINCE])
    template_id: str | None = Param(None, "Those of this Template only.")


class SlotStatsParams(StatsParams):
    """The same for jobs that ran side by side."""

    aggregation: Literal["avg", "max"] = Param("avg", "Which number `slot_count` is.")


class TokenForm(Sent):
    """What a bearer token shall be."""

    grant_type: Literal["client_credentials"] = Param("client_credentials", "The only one that there is.")
    scope: str = Param("", "Fewer scopes than those of the key.")
    aud: Literal["mcp", "api2"] = Param("mcp", "For whom it is.")


class UploadsForm(Sent):
    """What a form says of the files to come. All fields but these are `${fields.…}`, all its files uploads."""

    num_expected_upload_files: int | None = Param(None, "How many resumable uploads will follow.", ge=0)
    tus_num_expected_upload_files: int | None = Param(None, "The same under an older name.", ge=0)
