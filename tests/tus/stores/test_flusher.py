"""A file goes to the disk while it grows."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tus import durable
from tus.stores.flusher import EARLY, EVERY, Flusher


def test_only_much_is_worth_a_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = list[int]()
    # To count syncs there is no other way.
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    with ThreadPoolExecutor(1) as threads:
        flusher = Flusher(3, threads)
        flusher.wrote(EVERY - 1)
        flusher.settle()
        assert not flushed
        flusher.wrote(1)
        flusher.settle()

    assert flushed == [3]


def test_the_disk_is_asked_early_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()
    monkeypatch.setattr(durable, "begin", asked.append)  # likewise
    with ThreadPoolExecutor(1) as threads:
        flusher = Flusher(3, threads)
        for _ in range(4):
            flusher.wrote(EARLY // 2)
            flusher.settle()

    assert asked == [3, 3]


def test_a_failure_is_told_and_nothing_is_flushed_after_it() -> None:
    with ThreadPoolExecutor(1) as threads:
        flusher = Flusher(2**30, threads)  # nobody has so many files open
        flusher.wrote(EVERY)
        for _ in range(2):
            with pytest.raises(OSError, match="descriptor"):
                flusher.settle()
            flusher.wrote(EVERY)
