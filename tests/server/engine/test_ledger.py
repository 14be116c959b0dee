"""What rates have counted lasts over a restart, on a real database; the clocks are those of the test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.database.base import Rows, Store
from server.database.sqlite import SqliteStore
from server.engine.ledger import Ledger
from server.engine.rates import Rate

TODAY = 1_800_000_000.0


@dataclass
class Life:
    """A server's rates between a start and its end; `began` is what its own clock says then."""

    store: Store
    today: float = TODAY
    began: float = 5.0
    rates: dict[str, Rate] = field(default_factory=lambda: {"guesses": Rate(1, 60), "tokens": Rate(2, 60)})
    passed: float = 0.0

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.store, self.rates, lambda: self.today + self.passed, lambda: self.moment)

    @property
    def moment(self) -> float:
        return self.began + self.passed

    def take(self, rate: str, name: str) -> float:
        return self.rates[rate].take(name, self.moment)

    def wait(self, rate: str, name: str) -> float:
        return self.rates[rate].wait(name, self.moment)


async def kept(store: Store) -> list[str]:
    return await store.tx(lambda rows: [f"{row['rate']} {row['name']}" for row in rows.all("rates", at=0)])


async def test_who_has_to_wait_waits_for_as_long_after_a_restart(store: Store) -> None:
    old, new = Life(store), Life(store, TODAY + 10, began=90_000.0)
    assert [old.take("guesses", "a"), old.take("tokens", "a"), old.take("tokens", "a")] == [0, 0, 0]

    await old.ledger.save()
    await new.ledger.load()

    assert (new.wait("guesses", "a"), new.wait("tokens", "a"), new.wait("guesses", "b")) == (50, 20, 0)


async def test_a_crash_forgets_only_what_was_counted_after_the_last_time_it_was_saved(store: Store) -> None:
    old, new = Life(store), Life(store)
    old.take("guesses", "before")
    await old.ledger.save()
    old.take("guesses", "after")

    await new.ledger.load()

    assert (new.wait("guesses", "before"), new.wait("guesses", "after")) == (60, 0)


async def test_what_is_over_goes(store: Store) -> None:
    old, new = Life(store), Life(store, TODAY + 61)
    old.take("guesses", "a")
    await old.ledger.save()

    await new.ledger.load()
    new.take("guesses", "b")
    await new.ledger.save()

    assert (new.wait("guesses", "a"), await kept(store)) == (0, ["guesses b"])


async def test_only_what_has_changed_is_written(store: Store) -> None:
    life = Life(store)
    life.take("guesses", "a")
    await life.ledger.save()
    await store.tx(lambda rows: rows.run("forget_rates", at=9e99))

    await life.ledger.save()
    life.take("tokens", "b")
    await life.ledger.save()

    assert await kept(store) == ["tokens b"]


async def test_nothing_is_asked_of_the_database_when_nothing_has_changed(tmp_path: Path) -> None:
    closed = SqliteStore(tmp_path / "never-opened.db")

    async with asyncio.timeout(20):
        await Life(closed).ledger.save()


async def test_nobody_waits_for_longer_because_the_time_was_set_back(store: Store) -> None:
    old, new, third = Life(store), Life(store, TODAY - 1_000_000), Life(store, TODAY - 999_939)
    old.take("guesses", "a")
    await old.ledger.save()

    await new.ledger.load()
    await new.ledger.save()
    await third.ledger.load()

    assert (new.wait("guesses", "a"), third.wait("guesses", "a")) == (60, 0)


async def test_a_full_disk_stops_nobody_and_is_told_once_and_all_is_written_later(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    life, limit = Life(store), await store.tx(_full)
    for name in ("a", "b"):
        assert life.take("guesses", name * 100_000) == 0
        await life.ledger.save()

    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "disk is full" in caplog.text
    await store.tx(lambda rows: _pages(rows, limit))
    await life.ledger.save()
    assert len(await kept(store)) == 2


async def test_it_is_saved_again_and_again_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.engine.ledger.EVERY", 0.001)
    life = Life(store)
    running = asyncio.ensure_future(life.ledger.run())
    async with asyncio.timeout(20):
        for count, name in enumerate("ab", 1):
            life.take("guesses", name)
            while len(await kept(store)) < count:
                pass
    running.cancel()

    assert await asyncio.gather(running, return_exceptions=True)


def _full(rows: Rows) -> int:
    """Leaves the database no room; gives the room that it had."""
    return _pages(rows, 1)


def _pages(rows: Rows, most: int) -> int:
    connection = vars(rows)["connection"]
    [before] = connection.execute("PRAGMA max_page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {most}")
    return int(before)
