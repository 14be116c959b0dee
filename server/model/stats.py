"""Stats: how many Assemblies there were, how they ended and how busy they kept the server, over time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from robots.base.params import Param
from server.model.listing import Moment
from server.model.sent import Sent

HOUR, DAY = 3600, 86_400
MOST_HOURS = 72
ENDS = {
    "ASSEMBLY_COMPLETED": "num_successful_assemblies",
    "ASSEMBLY_CANCELED": "num_cancelled_assemblies",
    "REQUEST_ABORTED": "num_request_aborted_assemblies",
}
# What is added up of each Assembly, under the names of the items of lists.
SUMS = {
    "num_bytes": "bytes_usage",
    "num_files": "num_input_files",
    "total_bytes_usage": "bytes_usage",
    "total_execution_duration": "execution_duration",
    "total_live_queue_duration": "queue_duration",
    "total_num_output_files": "num_output_files",
    "total_num_uploaded_bytes": "bytes_received",
    "total_output_file_sizes": "bytes_output",
    "total_upload_duration": "upload_duration",
}
TOTALS = {
    "totalAssemblies": "num_assemblies",
    "totalBytesProcessed": "num_bytes",
    "totalBytesUploaded": "total_num_uploaded_bytes",
    "totalExecutionDuration": "total_execution_duration",
    "totalFilesProcessed": "num_files",
    "totalLiveQueueDuration": "total_live_queue_duration",
    "totalOutputBytesProcessed": "total_output_file_sizes",
    "totalOutputFilesProcessed": "total_num_output_files",
    "totalUploadDuration": "total_upload_duration",
    "totalUsage": "total_bytes_usage",
}
Sums = Counter[str]
Span = tuple[float, float]


def _region(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("must name where the Assemblies ran; the status of an Assembly tells it")
    return given


class Aggregated(Sent):
    """Stands before what else is asked, as its fault is told first."""

    aggregation: Literal["avg", "max"] = Param("avg", "Which number `slot_count` is.")


class StatsParams(Sent):
    """Which Assemblies statistics are made of."""

    region: Annotated[str, BeforeValidator(_region)] = Param(
        None, "Where they ran; the status of an Assembly tells it.", min_length=1, validate_default=True
    )
    since: Moment = Param(None, "Since when, at most a year.", examples=["2024-01-31 16:53:14"], validate_default=True)
    template_id: str | None = Param(None, "Those of this Template only.")


class SlotStatsParams(StatsParams, Aggregated):
    """The same for jobs that ran side by side."""


class AssemblyStats:
    """Takes in the items of a list; `since` and `until` are Unix seconds."""

    def __init__(self, since: float, until: float) -> None:
        self.granularity = granularity(since, until)
        self._sums: dict[int, Sums] = defaultdict(Counter)
        self._errors: Counter[tuple[int, str]] = Counter()

    def add(self, item: Mapping[str, Any]) -> None:
        start = int(item["created_ts"] // self.granularity * self.granularity)
        sums = self._sums[start]
        sums["num_assemblies"] += 1
        for name, key in SUMS.items():
            sums[name] += item.get(key) or 0
        if item["error"]:
            sums["num_erroneous_assemblies"] += 1
            self._errors[start, item["error"]] += 1
        elif end := ENDS.get(item["ok"]):
            sums[end] += 1

    def told(self) -> dict[str, Any]:
        total: Sums = sum(self._sums.values(), Counter())
        errors = Counter[str]()
        for (_, code), count in self._errors.items():
            errors[code] += count
        return {
            "granularity": self.granularity,
            "stats": [_period(start, sums) for start, sums in sorted(self._sums.items())],
            "errorStatsGranularity": self.granularity,
            "errorStats": [
                {"data_from_ts": start, "error": code, "num_erroneous_assemblies": count}
                for (start, code), count in sorted(self._errors.items())
            ],
            "errorStatsTotals": [
                {"error": code, "num_erroneous_assemblies": count} for code, count in errors.most_common()
            ],
            **{name: total[key] for name, key in TOTALS.items()},
        }


def slot_stats(spans: Sequence[Span], since: float, until: float, aggregation: str) -> dict[str, Any]:
    """How many jobs ran at the same time, on average and at most; each span is the run of one."""
    step = granularity(since, until)
    inside: dict[int, list[Span]] = {start: [] for start in range(int(since // step * step), int(until) + 1, step)}
    for begin, end in spans:
        for start in range(int(begin // step * step), int(end) + 1, step):
            if start in inside:
                inside[start].append((max(begin, start), min(end, start + step)))
    periods = [_slots(start, step, found) for start, found in inside.items()]
    for period in periods:
        period["slot_count"] = period[f"{aggregation}_slot_count"]
    return {
        "aggregation": aggregation,
        "granularity": step,
        "avgSlotCount": _share(sum(period["avg_slot_count"] for period in periods), len(periods)),
        "maxSlotCount": max((period["max_slot_count"] for period in periods), default=0),
        "stats": periods,
    }


def granularity(since: float, until: float) -> int:
    """The seconds of one period."""
    return HOUR if until - since <= MOST_HOURS * HOUR else DAY


def _period(start: int, sums: Sums) -> dict[str, Any]:
    count = sums["num_assemblies"]
    uploaded, upload = sums["total_num_uploaded_bytes"], sums["total_upload_duration"]
    return {
        "data_from_ts": start,
        **{name: sums[name] for name in ("num_assemblies", "num_erroneous_assemblies", *ENDS.values(), *SUMS)},
        "avg_execution_duration": _share(sums["total_execution_duration"], count),
        "avg_input_file_sizes": _share(uploaded, sums["num_files"]),
        "avg_live_queue_duration": _share(sums["total_live_queue_duration"], count),
        "avg_output_file_sizes": _share(sums["total_output_file_sizes"], sums["total_num_output_files"]),
        "avg_processing_speed": _share(sums["num_bytes"], sums["total_execution_duration"]),
        "avg_upload_duration": _share(upload, count),
        "avg_upload_speed": _share(uploaded, upload),
    }


def _slots(start: int, length: int, spans: Sequence[Span]) -> dict[str, Any]:
    moves = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    return {
        "data_from_ts": start,
        "avg_slot_count": sum(end - begin for begin, end in spans) / length,
        "max_slot_count": max(accumulate(move for _, move in moves), default=0),
    }


def _share(whole: float, parts: float) -> float:
    return whole / parts if parts else 0
