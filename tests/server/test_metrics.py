"""The figures that operators watch."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.customer import Customer
from tests.inside import client, inside
from tests.live import KEY, SECRET, Live, ended

Figures = dict[str, dict[str, float]]


def figures(text: str) -> Figures:
    """By name, then by the value of the label."""
    return {
        family.name: {"".join(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }


@pytest.mark.case(119)
async def test_they_tell_of_assemblies_jobs_the_loop_the_disk_and_the_process(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    async with inside(tmp_path / "data") as app, client(app) as http:
        customer = Customer(Live(app.origin, app.folder, None, KEY, SECRET), http)  # type: ignore[arg-type]
        await customer.announce({"hashed": {"robot": "/file/hash", "use": ":original"}})
        done = await customer.create({"hashed": {"robot": "/file/hash", "use": ":original"}}, tmp_path / "a.txt")
        await ended(http, done)
        async with http.get("/metrics") as reply:
            found = figures(await reply.text())

    assert found["sluice_assemblies_open"] == {"uploading": 1}
    assert found["sluice_assemblies_ended_recently"] == {"completed": 1}
    assert found["sluice_jobs"] == {"queued": 0, "running": 0}
    assert found["sluice_loop_lag_own_seconds"]["1"] <= found["sluice_loop_lag_seconds"]["1"]
    assert found["sluice_loop_lag_seconds"].keys() == {"0.5", "0.9", "0.99", "1"}
    assert found["sluice_disk_free_bytes"][""] > 0
    assert found["process_resident_memory_bytes"][""] > 1 << 20
    assert found["process_open_fds"][""] > 3
