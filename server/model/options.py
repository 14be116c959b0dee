"""Options: what Assembly Instructions say beside their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, ConfigDict

from robots.base.params import Invalid, Param, Params
from server.errors import ApiError

LONGEST_URL = 2000

LeftOut = Literal[
    "without_params", "without_result_meta_data", "without_results", "without_upload_meta_data", "without_uploads"
]


def empty_object(value: Any) -> Any:
    """PHP writes an empty object as an empty list."""
    return {} if value == [] else value


Object = Annotated[dict[str, Any], BeforeValidator(empty_object)]

Phase = Literal["transcoding", "persisting", "notification"]
CORS = frozenset(
    {
        *(f"Access-Control-Allow-{name}" for name in ("Methods", "Origin", "Headers", "Credentials")),
        *(f"Access-Control-Allow-{name}-Network" for name in ("Private", "Public")),
        *("Access-Control-Expose-Headers", "Access-Control-Max-Age"),
    }
)


def cors(given: Any) -> dict[str, str]:
    """The headers in `response_headers`: those of CORS, and no other."""
    told = given.get("cors", {}) if isinstance(given, dict) else None
    if isinstance(told, dict):
        headers = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}
        if headers.keys() <= CORS and all(map(_is_header, headers.values())):
            return headers
    raise ValueError("must be an object `cors` with headers such as Access-Control-Allow-Origin")


class Options(Params):
    """Other keys are tolerated: clients send some that concern only hosted services."""

    model_config = ConfigDict(extra="ignore")

    fields: Object = Param({}, "Values that steps can use as ${fields.name}; form fields win over them.")
    notify_url: str | None = Param(None, "Where the status is sent when the Assembly has ended.")
    notification_payload: list[LeftOut] = Param([], "What to leave out of that status.")
    redirect_url: str | None = Param(None, "Where a browser that sent a plain form goes next.")
    template_id: str | None = Param(None, "The Template that these instructions were made from.")
    quiet: bool = Param(False, "Answers with no more than ok and assembly_id.")
    emit_execution_progress: bool = Param(False, "Tells watchers how much of the work is done.")
    ignore_upload_meta_data_errors: bool = Param(False, "Accepts uploads whose metadata cannot be read.")
    usage_tags: str = Param("", "Your own words for reports.")
    awaits: Phase | None = Param(None, "What the answer to the creation waits for.", alias="await")
    response_headers: Annotated[dict[str, str], BeforeValidator(cors, json_schema_input_type=dict[str, Any])] = Param(
        {}, "The CORS headers of answers that tell of this Assembly, as an object `cors`."
    )


def parse_options(params: Mapping[str, Any]) -> Options:
    """Reads the options; null is the same as not there. Raises ApiError."""
    given = {name: params[name] for name in Options.model_fields if params.get(name) not in (None, "")}
    if not is_url(given.get("notify_url")):
        raise ApiError("ASSEMBLY_INVALID_NOTIFY_URL")
    if not is_url(given.get("redirect_url")):
        raise ApiError("INVALID_PARAMS_FIELD", "redirect_url must be a URL that begins with http:// or https://.")
    given["awaits"] = _phase(params)
    try:
        return Options.parse(given)
    except Invalid as error:
        raise ApiError("INVALID_PARAMS_FIELD", f"{error}.") from error


def _phase(params: Mapping[str, Any]) -> Any:
    """`blocking` is an older name of `await`, and true means the first phase that ends."""
    wanted = params.get("await") or params.get("blocking")
    words = {"true": "transcoding", "false": None}
    return "transcoding" if wanted is True else words.get(wanted, wanted) if isinstance(wanted, str) else wanted or None


def _is_header(text: str) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= LONGEST_URL


def is_url(value: Any) -> bool:
    """Whether a value is a web address, or not there at all."""
    if value is None:
        return True
    if not isinstance(value, str) or len(value) > LONGEST_URL or any(char <= " " or char == "\x7f" for char in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
