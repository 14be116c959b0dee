"""Requests made of the description of the API, signed where they have to be, and what is asked of each reply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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

from server.api.signature import sign
from tests.live import KEY, SECRET
from tests.owner import LATER
from tus.protocol import BYTES

Json = dict[str, Any]
Operation = APIOperation[Any, Any, Any, Any]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SEED = 20300131
TIMEOUT = 20
UNSIGNED = 5  # each fifth request stays as it was made up
# What refuses params that have another form than the description says.
MALFORMED = ("TEMPLATE_VALIDATION_ERROR", "TEMPLATE_CREDENTIALS_NOT_CREATED", "TEMPLATE_LIST_ERROR")


@schemathesis.serializer(BYTES)
def as_they_are(context: schemathesis.SerializationContext, value: Any) -> Any:
    """The bytes of an upload."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@dataclass
class Walk:
    """Goes through the operations of a server. `known` are ids and names that it has, by the variables of paths."""

    origin: str
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def operation(self, operation: Operation, examples: int, mode: GenerationMode) -> None:
        """Makes so many requests, and notes what is wrong with their replies."""

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
            try:
                self._ask(case, mode)
            except (Exception, FailureGroup) as error:
                self.wrong.append(f"{operation.label}: {error}")

        self._count = 0
        if mode is GenerationMode.POSITIVE or _reads(operation):
            ask()

    def _ask(self, case: Case[Any], mode: GenerationMode) -> None:
        self._count += 1
        whole = self._count % UNSIGNED != 0
        places = self.known.get(case.path.split("/")[1], {})
        if whole and self._count % 2:
            case.path_parameters.update({name: places[name] for name in case.path_parameters if name in places})
        fields = case.query if case.method in ("GET", "DELETE") else case.body
        if isinstance(fields, dict) and case.operation.definition.raw["x-access"] in ("key", "signed"):
            _sign(fields, whole)
        with requests.Session() as session:
            session.trust_env = False
            reply = case.call(base_url=self.origin, session=session, timeout=TIMEOUT, allow_redirects=False)
        case.validate_response(reply, checks=CHECKS)
        told = _told(reply)
        self.seen.setdefault(case.operation.label, set()).add(str(told.get("error") or reply.status_code))
        if mode is GenerationMode.POSITIVE and whole:
            assert told.get("error") not in MALFORMED, (case.as_curl_command(), told)


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
