"""Sent: the base of what is read of requests, and what one for an Assembly may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from robots.base.params import Invalid, Param, Params
from server.errors import ApiError
from server.model.options import Object, Options

MOST_STEPS = 500
MOST_UPLOADS = 2**31 - 1


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


# Pydantic takes the names of an object for its length, and JSON Schema has a word of its own for them.
Steps = Annotated[Object, Field(max_length=MOST_STEPS), WithJsonSchema({"type": "object", "maxProperties": MOST_STEPS})]


class StepsParams(Sent):
    """What is to be done. Each step is checked on its own, with the parameters of its robot."""

    words = {"steps": f"must be an object that maps names to steps; {MOST_STEPS} is the most"}

    steps: Steps | None = Param({}, "What is to be done, by the names of the steps.")


class AssemblyParams(StepsParams, Options):
    """The Assembly Instructions of a request; those of a Template lie under them."""


def _count(given: Any) -> int | None:
    """Fields of a form are texts, and empty when nothing was filled in."""
    if given is None or given == "":
        return None
    text = given.strip() if isinstance(given, str) else str(given) if type(given) is int else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_UPLOADS))):
        raise ValueError("must be a whole number")
    return int(text)


Number = Annotated[int, Field(ge=0, le=MOST_UPLOADS)]
Count = Annotated[Number | None, BeforeValidator(_count, json_schema_input_type=Number)]


class UploadsForm(Sent):
    """What a form says of the files to come. All fields but these are `${fields.…}`, all its files uploads."""

    num_expected_upload_files: Count = Param(None, "How many resumable uploads will follow.")
    tus_num_expected_upload_files: Count = Param(None, "The same under an older name.")

    @classmethod
    def expected(cls, form: Mapping[str, Any]) -> int | None:
        """How many uploads a form announces; None if it does not say. Raises ApiError."""
        told = cls.read(form, "ASSEMBLY_INVALID_NUM_EXPECTED_UPLOAD_FILES_PARAM")
        newer, older = told.num_expected_upload_files, told.tus_num_expected_upload_files
        return older if newer is None else newer
