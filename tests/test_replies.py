"""Of the replies that tests read, one of each shape is judged by the official schemas."""

from __future__ import annotations

import json
from typing import Any

from tests.replies import Replies, shape

STATUS = {"assembly_ssl_url": "http://127.0.0.1/assemblies/1", "ok": "ASSEMBLY_COMPLETED", "uploads": []}


def seen(*told: Any) -> Replies:
    replies = Replies()
    for each in told:
        replies.see(json.dumps(each).encode())
    return replies


def test_one_of_each_shape_is_kept() -> None:
    canceled = STATUS | {"ok": "ASSEMBLY_CANCELED"}
    replies = seen(
        STATUS, STATUS | {"assembly_ssl_url": "http://[::1]/assemblies/2"}, canceled, {"error": "SERVER_404"}
    )

    assert len(replies.kept) == 2


def test_names_types_and_codes_make_a_shape() -> None:
    assert shape({"b": [1, 2, "x"], "ok": "FINE"}) == "{b:[int|str],ok:'FINE'}"
    assert shape({"meta": {"width": 1}}) != shape({"meta": {"width": "1"}})


def test_what_a_schema_finds_wrong_is_told() -> None:
    good, wrong = seen(STATUS), seen(STATUS, STATUS | {"ok": "ASSEMBLY_FINE"}, STATUS | {"uploads": "none"})

    assert good.faults() == []
    assert [("ASSEMBLY_FINE" in fault, "uploads: Expected array" in fault) for fault in sorted(wrong.faults())] == [
        (True, False),
        (False, True),
    ]
