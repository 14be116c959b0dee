"""Sent: the base of what is read of requests, and what they may hold that is checked by hand, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, WithJsonSchema

from robots.base.params import Invalid, Param, Params
from server.errors import ApiError
from server.model.credential import NAME as CREDENTIAL_NAME
from server.model.credential import TYPES
from server.model.options import Options
from server.model.template import NAME as TEMPLATE_NAME
from server.model.template import RESULT_EXPIRY, STATUS_EXPIRY

EXPIRES = "2030/01/31 16:53:14+00:00"
Object = dict[str, Any]
Switch = Annotated[bool, WithJsonSchema({"enum": [False, True, 0, 1]})]


def _one_of(*known: str | None) -> WithJsonSchema:
    return WithJsonSchema({"enum": list(known)})


class Sent(Params):
    """Other keys are tolerated."""

    model_config = ConfigDict(extra="ignore")

    @classmethod
    def read(cls, params: Mapping[str, Any], code: str, **codes: str) -> Self:
        """Raises ApiError with the code, or with the one that the wrong field has of its own."""
        try:
            return cls.parse(params)
        except Invalid as error:
            name, _, words = str(error).partition(": ")
            raise ApiError(codes.get(name.partition(".")[0], code), f"`{name}` {words}.") from error


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


class UploadsForm(Sent):
    """What a form says of the files to come. All fields but these are `${fields.…}`, all its files uploads."""

    num_expected_upload_files: int | None = Param(None, "How many resumable uploads will follow.", ge=0)
    tus_num_expected_upload_files: int | None = Param(None, "The same under an older name.", ge=0)
