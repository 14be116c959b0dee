"""Statistics over time, from the items of lists and the runs of jobs."""

from __future__ import annotations

from typing import Any

from server.model.stats import DAY, HOUR, AssemblyStats, slot_stats

ITEM = {
    "error": None,
    "ok": "ASSEMBLY_COMPLETED",
    "bytes_usage": 300,
    "num_input_files": 2,
    "execution_duration": 3.0,
    "queue_duration": 0.5,
    "num_output_files": 1,
    "bytes_received": 200,
    "bytes_output": 100,
    "upload_duration": 4.0,
}


def stats(*items: dict[str, Any], since: float = 0, until: float = HOUR) -> dict[str, Any]:
    made = AssemblyStats(since, until)
    for item in items:
        made.add({**ITEM, **item})
    return made.told()


def test_what_happened_in_an_hour_is_added_up() -> None:
    told = stats({"created_ts": 5}, {"created_ts": 50, "bytes_received": 600}, {"created_ts": HOUR + 1})
    first, second = told["stats"]

    assert (first["data_from_ts"], first["num_assemblies"], first["total_num_uploaded_bytes"]) == (0, 2, 800)
    assert (first["avg_upload_speed"], first["avg_input_file_sizes"], first["avg_output_file_sizes"]) == (100, 200, 100)
    assert (second["data_from_ts"], second["num_successful_assemblies"]) == (HOUR, 1)
    assert (told["totalAssemblies"], told["totalBytesUploaded"], told["totalUsage"]) == (3, 1000, 900)


def test_each_way_to_end_is_counted_as_what_it_is() -> None:
    ends: list[dict[str, Any]] = [{"ok": "ASSEMBLY_CANCELED"}, {"ok": "REQUEST_ABORTED"}, {"ok": "ASSEMBLY_EXECUTING"}]
    failures: list[dict[str, Any]] = [
        {"ok": None, "error": code} for code in ("INVALID_INPUT_ERROR", "ASSEMBLY_EXPIRED", "ASSEMBLY_EXPIRED")
    ]
    told = stats(*({"created_ts": 1, "execution_duration": None, **end} for end in (*ends, *failures)))
    (period,) = told["stats"]

    names = ("num_successful", "num_cancelled", "num_request_aborted", "num_erroneous")
    assert [period[f"{name}_assemblies"] for name in names] == [0, 1, 1, 3]
    assert told["errorStatsTotals"][0] == {"error": "ASSEMBLY_EXPIRED", "num_erroneous_assemblies": 2}
    assert [(each["error"], each["data_from_ts"]) for each in told["errorStats"]] == [
        ("ASSEMBLY_EXPIRED", 0),
        ("INVALID_INPUT_ERROR", 0),
    ]


def test_of_nothing_there_are_zeros_and_of_long_times_there_are_days() -> None:
    assert stats()["totalAssemblies"] == 0
    assert stats({"created_ts": DAY * 9}, until=DAY * 10)["granularity"] == DAY


def test_jobs_that_run_at_the_same_time_take_a_slot_each() -> None:
    spans = [(0.0, 1800.0), (900.0, 1800.0), (1800.0, 5400.0)]
    told = slot_stats(spans, 0, 2 * HOUR - 1, "max")

    assert [(one["avg_slot_count"], one["max_slot_count"], one["slot_count"]) for one in told["stats"]] == [
        (1.25, 2, 2),
        (0.5, 1, 1),
    ]
    assert (told["avgSlotCount"], told["maxSlotCount"], told["granularity"]) == (0.875, 2, HOUR)
    assert slot_stats([], 0, 10, "avg")["stats"][0]["slot_count"] == 0
