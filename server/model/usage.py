"""Usage: what an Assembly cost its account, robot by robot, and the bill of a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.model.assembly import Assembly
from server.model.listing import moment
from server.model.parts import ORIGINAL

GB = 10**9
# Nobody is charged here; the keys are those that clients read.
PLAN = {
    "id": "self-hosted",
    "gb_included": 0,
    "gb_limit": None,
    "price_per_gb": 0,
    "price_per_month": 0,
    "has_lifetime_limit": False,
}


@dataclass(slots=True)
class Usage:
    """What a robot did: its jobs, and the bytes of the files that went in and came out."""

    jobs: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


def usage(assembly: Assembly) -> dict[str, Usage]:
    """Of every robot that worked, however it ended."""
    used: dict[str, Usage] = defaultdict(Usage)
    steps, files = assembly.instructions.steps, assembly.files
    for job in assembly.jobs.values():
        if job.started:
            robot = used[steps[job.step].robot_class.name]
            robot.jobs += 1
            robot.bytes_in += sum(files[item.file].file.size for item in job.inputs)
    for made in files.values():
        robot = used[steps[made.step].robot_class.name]
        robot.bytes_out += made.file.size
        if made.step == ORIGINAL:
            robot.jobs += 1
            robot.bytes_in += made.file.size
    return dict(used)


def month(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m")


def bill(invoice: str, month: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was used in a month, and that it costs nothing."""
    robots = {row["robot"]: {**_gigabytes(row), **row} for row in rows}
    return {
        "invoice_id": invoice,
        "month": month,
        "created": moment(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).timestamp()),
        "plan": PLAN,
        "robots": robots,
        "used_gb": sum(robot["gb"] for robot in robots.values()),
        "sub_total": 0,
        "total": 0,
        "credit": None,
        "is_prorated": False,
    }


def _gigabytes(row: Mapping[str, Any]) -> dict[str, float]:
    return {"gb": (row["bytes_in"] + row["bytes_out"]) / GB}
