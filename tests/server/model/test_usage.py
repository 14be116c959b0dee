"""What an Assembly cost, robot by robot."""

from __future__ import annotations

from server.model.usage import bill, month, usage
from tests.server.model.lives import assembly, photo, result, run, started, upload
from tests.server.model.toys import resize


def test_each_robot_counts_what_went_in_and_what_came_out() -> None:
    life = assembly({"small": resize(), "tiny": resize("small")}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    [after] = started(run(life, job, result(job, size=50)))
    run(life, after, result(after, name="tiny.jpg", size=7))

    used = {name: (robot.jobs, robot.bytes_in, robot.bytes_out) for name, robot in usage(life).items()}

    assert used == {"/upload/handle": (1, 1000, 1000), job_robot(life): (2, 1050, 57)}


def job_robot(life: object) -> str:
    return str(vars(life)["instructions"].steps["small"].robot_class.name)


def test_a_bill_has_a_line_for_each_robot_and_asks_for_nothing() -> None:
    told = bill(
        "i", "2026-02", [{"robot": "/image/resize", "jobs": 2, "bytes_in": 1_500_000_000, "bytes_out": 500_000_000}]
    )

    assert told["robots"] == {
        "/image/resize": {
            "gb": 2.0,
            "robot": "/image/resize",
            "jobs": 2,
            "bytes_in": 1_500_000_000,
            "bytes_out": 500_000_000,
        }
    }
    assert (told["used_gb"], told["total"], told["created"]) == (2.0, 0, "2026-02-01T00:00:00.000Z")
    assert month(1772323199.0) == "2026-02"
