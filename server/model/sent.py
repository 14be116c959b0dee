"""Sent: the base of what is read of requests, and what they may hold that is checked by hand, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import ConfigDict

from robots.base.params import Invalid, Param, Params
from server.errors import ApiError
from server.model.options import Options

EXPIRES = "2030/01/31 16:53:14+00:00"
Object = dict[str, Any]


class Sent(Params):
    """Other keys are tolerated."""

    model_config = ConfigDict(extra="ignore")
    words: ClassVar[Mapping[str, str]] = {}  # what to say of fields where the model's own words say too little

    @classmethod
    def read(cls, params: Mapping[str, Any], code: str, **codes: str) -> Self:
        """Raises ApiError with the code, or with the one that the wrong field has of its own."""
        try:
            return cls.parse(params)
        except Invalid as error:
            name, _, words = str(error).partition(": ")
            told = f"`{name}` {cls.words.get(name, words)}."
            raise ApiError(codes.get(name.partition(".")[0], code), told) from error


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


class UploadsForm(Sent):
    """What a form says of the files to come. All fields but these are `${fields.…}`, all its files uploads."""

    num_expected_upload_files: int | None = Param(None, "How many resumable uploads will follow.", ge=0)
    tus_num_expected_upload_files: int | None = Param(None, "The same under an older name.", ge=0)
