"""Requests made of the description of the API, signed where they have to be, and what is asked of each reply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.api.document import URLENCODED
from server.api.signature import sign
from tests.live import KEY, SECRET
from tests.owner import LATER
from tus.protocol import BYTES

Json = dict[str, Any]
Operation = APIOperation[Any, Any, Any, Any]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SEED = 20300131
TIMEOUT = 20
UNSIGNED = 5  # each fifth request that is made up wrongly is not signed either
# What refuses params that have another form than the description says.
MALFORMED = ("TEMPLATE_VALIDATION_ERROR", "TEMPLATE_CREDENTIALS_NOT_CREATED", "TEMPLATE_LIST_ERROR")


@schemathesis.serializer(BYTES)
def as_they_are(context: schemathesis.SerializationContext, value: Any) -> Any:
    """The bytes of an upload."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.serializer(URLENCODED)
def as_a_form(context: schemathesis.SerializationContext, value: Any) -> Any:
    """As it was signed: `value` has lost fields that are texts where their schema speaks of what is in them."""
    signed = context.case.body
    return urlencode(signed, doseq=True) if isinstance(signed, dict) else value


@dataclass
class Walk:
    """Goes through the operations of a server. `places` are ids and names that it has, by the variables of paths."""

    origin: str
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._strange = 0
        self._session = requests.Session()
        self._session.trust_env = False

    def find(self, operation: Operation, parts: Mapping[str, Any]) -> None:
        """Makes one request that finds something."""
        self._try(operation.Case(**parts), whole=True)

    def make_up(self, operation: Operation, mode: GenerationMode, examples: int = 1) -> None:
        """Makes requests up, and notes what is wrong with their replies."""

        @seed(SEED)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            if mode is GenerationMode.POSITIVE:
                places = self.places.get(case.path.split("/")[1], {})
                case.path_parameters.update({name: places[name] for name in case.path_parameters if name in places})
                told = self._try(case, whole=True)
                if told.get("error") in MALFORMED:
                    self.wrong.append(f"{operation.label} refuses {case.as_curl_command()}: {told}")
            else:
                self._strange += 1
                self._try(case, whole=self._strange % UNSIGNED != 0)

        if mode is GenerationMode.POSITIVE or _reads(operation):
            ask()

    def _try(self, case: Case[Any], whole: bool) -> Json:
        try:
            return self._ask(case, whole)
        except (Exception, FailureGroup) as error:
            self.wrong.append(f"{case.operation.label}: {error}")
            return {}

    def _ask(self, case: Case[Any], whole: bool) -> Json:
        fields = case.query if case.method in ("GET", "DELETE") else case.body
        if isinstance(fields, dict) and case.operation.definition.raw["x-access"] in ("key", "signed"):
            _sign(fields, whole)
        reply = case.call(base_url=self.origin, session=self._session, timeout=TIMEOUT, allow_redirects=False)
        case.validate_response(reply, checks=CHECKS)
        told = _told(reply)
        self.seen.setdefault(case.operation.label, set()).add(str(told.get("error") or reply.status_code))
        return told


def operations(document: Json) -> Iterator[Operation]:
    """Each operation of the document. The JSON of `params` is made as what it holds, to be signed as text."""
    for found in schemathesis.openapi.from_dict(_opened(document)).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def _opened(told: Any) -> Any:
    if isinstance(told, list):
        return [_opened(item) for item in told]
    if not isinstance(told, dict):
        return told
    return _opened(told["contentSchema"]) if "contentSchema" in told else {k: _opened(v) for k, v in told.items()}


def _reads(operation: Operation) -> bool:
    """Whether there is something that can be sent wrongly."""
    raw = operation.definition.raw
    return "requestBody" in raw or any(one["in"] != "path" and one["name"] != "Range" for one in raw["parameters"])


def _sign(fields: Json, whole: bool) -> None:
    given = fields.get("params", {})
    if whole and isinstance(given, dict):
        given = {**given, "auth": {"key": KEY, "expires": LATER}}
    fields["params"] = text = given if isinstance(given, str) else json.dumps(given)
    if whole:
        fields["signature"] = sign(SECRET, text)


def _told(reply: Response) -> Json:
    """What the contract says of all JSON that refuses."""
    if not reply.headers.get("content-type", [""])[0].startswith("application/json"):
        return {}
    told = json.loads(reply.content)
    if reply.status_code >= 400:
        assert told["http_code"] == reply.status_code, told
        assert told["error"], told
        assert told["message"], told
    return told if isinstance(told, dict) else {}
