"""A Store in one SQLite file: one writer thread, and one fsync for all that waits (group commit)."""

from __future__ import annotations

import asyncio
import queue
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from server.database.base import Unusable, Unwritable

T = TypeVar("T")
DATABASE = "sluice.db"
HERE = Path(__file__).parent
SCHEMA = 4  # the version of schema.sql
SHORT = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN}
GROUP = 256  # transactions that share one commit at the most
WAITING = 10_000  # transactions that may wait; more have to wait in their callers


@dataclass(slots=True)
class Task:
    """A transaction that waits, and where its result goes."""

    act: Callable[[Rows], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    wrote: bool = False


class Rows:
    """The named queries on one connection."""

    def __init__(self, connection: sqlite3.Connection, queries: dict[str, str]) -> None:
        self.connection = connection
        self.queries = queries
        self.lost = 0
        self.marked = False
        self.nested = False

    def one(self, query: str, **values: Any) -> dict[str, Any] | None:
        row = self.connection.execute(self.queries[query], values).fetchone()
        return dict(row) if row else None

    def all(self, query: str, **values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self.connection.execute(self.queries[query], values)]

    def run(self, query: str, **values: Any) -> int:
        self._mark()
        return self.connection.execute(self.queries[query], values).rowcount

    def each(self, query: str, values: list[dict[str, Any]]) -> None:
        self._mark()
        self.connection.executemany(self.queries[query], values)

    def settle(self) -> None:
        """The transaction stays, as far as its group does."""
        if self.marked and self.nested:
            self.connection.execute("RELEASE one")
        self.marked = False

    def undo(self) -> None:
        self.lost += 1
        if self.marked:
            self.connection.execute("ROLLBACK TO one" if self.nested else "ROLLBACK")
        self.settle()

    @property
    def swept(self) -> bool:
        """Whether a failure such as a full disk has undone the whole group already."""
        return self.marked and not self.connection.in_transaction

    def reset(self) -> None:
        """The whole group is undone."""
        self.lost += 1
        self.marked = False
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _mark(self) -> None:
        """Most transactions only read what is in memory; the others are marked at their first change.

        Before the first one that writes nothing is in its group that would have to stay without it.
        """
        if self.marked:
            return
        self.nested = self.connection.in_transaction
        self.connection.execute("SAVEPOINT one" if self.nested else "BEGIN")
        self.marked = True


class SqliteStore:
    """WAL with synchronous=FULL: what was committed survives a power cut. The file belongs to one server at a time.

    What is asked for while one group of transactions is in the thread is the next one.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self._tasks: queue.SimpleQueue[list[Task]] = queue.SimpleQueue()
        self._asked: list[Task] = []
        self._busy = False  # a group is in the thread, or about to be handed over
        self._room = asyncio.Semaphore(WAITING)
        self._thread: Thread | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._thread = Thread(target=self._run, args=(loop, opened), name="database", daemon=True)
        self._thread.start()
        await opened

    async def tx(self, act: Callable[[Rows], T]) -> T:
        loop = asyncio.get_running_loop()
        async with self._room:
            task = Task(act, loop.create_future())
            self._asked.append(task)
            if not self._busy:
                self._busy = True
                loop.call_soon(self._hand_over)
            result: T = await task.future
            return result

    async def close(self) -> None:
        if self._thread:
            while self._asked:
                self._hand_over()
            self._tasks.put([])
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _hand_over(self) -> None:
        """Together what was asked for meanwhile: to wake a thread costs as much as to change a row."""
        group, self._asked = self._asked[:GROUP], self._asked[GROUP:]
        self._busy = bool(group)
        if group:
            self._tasks.put(group)

    def _answer(self, group: list[Task]) -> None:
        """Who waited goes on, and so replies to clients go out, before the next group begins."""
        answer(group)
        asyncio.get_running_loop().call_soon(self._hand_over)

    def _run(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        try:
            connection = connect(self.path)
        except (sqlite3.Error, Unusable) as error:
            loop.call_soon_threadsafe(opened.set_exception, Unusable(f"{error}".rstrip(".") + "."))
            return
        loop.call_soon_threadsafe(opened.set_result, None)
        rows = Rows(connection, queries())
        while group := self._tasks.get():
            commit(rows, group)
            loop.call_soon_threadsafe(self._answer, group)
        connection.close()


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 5000")
    upgrade(connection)
    connection.executescript((HERE / "schema.sql").read_text())
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    return connection


def upgrade(connection: sqlite3.Connection) -> None:
    """Changes the tables of an older version; new ones are made later. A new database has neither."""
    upgrades = named((HERE / "upgrades.sql").read_text())
    for version in range(check_version(connection) or SCHEMA, SCHEMA):
        script = upgrades.get(f"from_{version}", "")
        connection.executescript(f"BEGIN; {script} PRAGMA user_version = {version + 1}; COMMIT;")


@contextmanager
def reading(path: Path) -> Iterator[Rows]:
    """The rows of a database that no server has open; nothing can be changed."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            check_version(connection)
            yield Rows(connection, queries())
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Unusable(f"{error}.") from error


def check_version(connection: sqlite3.Connection) -> int:
    version: int
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        raise Unusable(f"it was written by a newer Sluice (schema {version}, this one knows {SCHEMA}).")
    return version


def commit(rows: Rows, group: list[Task]) -> None:
    """Runs each transaction so that it can be undone alone, and makes all of them durable at once."""
    try:
        for task in group:
            attempt(rows, task)
        if rows.connection.in_transaction:
            rows.connection.execute("COMMIT")
    except (sqlite3.Error, MemoryError) as error:
        rows.reset()
        for task in group:
            if task.wrote or len(group) == 1:
                task.error = known(task.error or error)
            else:
                task.error = None
                commit(rows, [task])  # who only reads need not suffer, but may have seen what is not there now


def attempt(rows: Rows, task: Task) -> None:
    try:
        task.result = task.act(rows)
    except BaseException as error:  # goes to whoever waits for it
        task.error, task.wrote = known(error), rows.marked
        if rows.swept:
            raise
        rows.undo()
    else:
        task.wrote = rows.marked
        rows.settle()


def known(error: BaseException) -> BaseException:
    """The failures that end by themselves when there is room again, under one name."""
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in SHORT:
        return Unwritable(str(error))
    return error


def answer(group: list[Task]) -> None:
    for task in group:
        if task.future.cancelled():
            continue
        if task.error:
            task.future.set_exception(task.error)
        else:
            task.future.set_result(task.result)


def queries() -> dict[str, str]:
    return named((HERE / "queries.sql").read_text())


def named(text: str) -> dict[str, str]:
    """The queries of a file, each under `-- name: …`."""
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
