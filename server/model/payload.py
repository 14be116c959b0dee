"""Payload: the Assembly Status as a Notification carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.model import status
from server.model.assembly import Assembly
from server.model.status import House

UNKNOWN_YET = ("start", "status", "response_code", "response_data", "error", "duration")
PARAMS = ("params", "template", "merged_params")


def payload(assembly: Assembly, house: House) -> dict[str, Any]:
    """What is told of an end is the same in every attempt, so nothing in it tells of attempts."""
    told = {**status.status(assembly, house), **{f"notify_{name}": None for name in UNKNOWN_YET}}
    left_out = set(assembly.instructions.notification_payload)
    if "without_upload_meta_data" in left_out:
        told["uploads"] = [_without_meta(file) for file in told["uploads"]]
    if "without_result_meta_data" in left_out:
        told["results"] = {step: [_without_meta(file) for file in files] for step, files in told["results"].items()}
    gone = {name for name in ("uploads", "results") if f"without_{name}" in left_out}
    if "without_params" in left_out:
        gone |= set(PARAMS)
    return {name: value for name, value in told.items() if name not in gone}


def _without_meta(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in file.items() if name != "meta"}
