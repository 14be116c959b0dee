"""Canaries: secrets that only tests have, and the search for them in whatever comes out of a server."""

from __future__ import annotations

import base64
import logging
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import aiohttp

from server.log import JsonLine, TextLine
from tests.vaulted import secrets_of_accounts

MARK = "canary7f3a9c"  # stands in each of them, so that one search finds all
AUTH = f"{MARK}-auth-secret-of-the-server"  # the secret of every server of the tests
LARGEST = 64 << 20
KEPT = 16 << 20  # bytes of what was seen, for those secrets that are known only later
LONGEST = 256 << 10
# Who makes a key is told its secret, and who may is told it again.
TELLING = re.compile(r"the answer to (POST /auth_keys|\w+ /auth_keys/show_secret/\w+)")


def secret(name: str) -> str:
    """A secret for one field; its name tells which one it was that escaped."""
    return f"{MARK}-{name}"


def escapes(data: bytes) -> list[str]:
    """The canaries in some bytes: as they are, which is also how URLs and JSON spell them, or in base64."""
    return sorted({found.decode("ascii", "replace") for found in FORMS.findall(data)})


def _forms(word: str) -> Iterator[bytes]:
    yield re.escape(word.encode()) + rb"[\w-]*"
    for shift in range(3):
        # The first and last letters depend on what stands beside the word.
        inner = base64.b64encode(b"\0" * shift + word.encode())
        yield re.escape(inner[4 if shift else 0 : len(inner) // 4 * 4 - 4])


FORMS = re.compile(b"|".join(_forms(MARK)))


class Watch:
    """What escaped since it was last asked. It looks at four ways out of this process:

    lines of the log, the words and variables of children, and the answers that tests read with aiohttp.
    """

    def __init__(self) -> None:
        self.escaped: list[str] = []
        self._seen: deque[tuple[str, bytes]] = deque()
        self._kept = 0

    def look(self, where: str, data: str | bytes) -> None:
        data = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        self.escaped += [f"{canary} in {where}" for canary in escapes(data)]
        if len(data) <= LONGEST:
            self._seen.append((where, data))
            self._kept += len(data)
        while self._kept > KEPT:
            self._kept -= len(self._seen.popleft()[1])

    def folder(self, folder: Path) -> None:
        """The secret of no account may lie in a file below, or have been seen since the server began.

        Those of a step lie in the database until it has run.
        """
        others = [form for secret in secrets_of_accounts(folder) for form in _forms(secret)]
        secrets = re.compile(b"|".join([AUTH.encode(), *others]))
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < LARGEST:
                self._found(secrets, _read(path), f"the file {path.relative_to(folder)}")
        for where, data in self._seen if others else ():
            if not TELLING.fullmatch(where):
                self._found(secrets, data, where)

    def _found(self, secrets: re.Pattern[bytes], data: bytes, where: str) -> None:
        if found := secrets.search(data):
            self.escaped.append(f"{AUTH if found[0] == AUTH.encode() else 'the secret of an account'} in {where}")

    def taken(self) -> list[str]:
        taken, self.escaped = self.escaped, []
        return taken

    def begin(self) -> None:
        logging.getLogger().addHandler(Lines(self))
        for ours in ("server", "robots", "tus"):
            logging.getLogger(ours).setLevel(logging.DEBUG)
        sys.addaudithook(self._children)
        self._replies()

    def _children(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen":
            _, words, _, variables = args
            told = b"\0".join(_bytes(words if isinstance(words, list | tuple) else [words]))
            self.look("the command line of a child", told)
            if b"run.py" not in told:  # a server itself may get its secret so
                self.look("the environment of a child", b"\0".join(_bytes((variables or {}).values())))

    def _replies(self) -> None:
        read = aiohttp.ClientResponse.read

        async def watched(response: aiohttp.ClientResponse) -> bytes:
            body = await read(response)
            self.look(f"the answer to {response.method} {response.url.path}", body)
            self.look(f"the headers of the answer to {response.method} {response.url.path}", str(response.headers))
            return body

        aiohttp.ClientResponse.read = watched  # type: ignore[assignment, method-assign]


class Lines(logging.Handler):
    """Each line as a server would write it, in both forms."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        for form in (TextLine(), JsonLine()):
            self.watch.look(f"the log of {record.name}", form.format(record))


def _bytes(words: Iterable[object]) -> list[bytes]:
    return [word if isinstance(word, bytes) else str(word).encode("utf-8", "surrogateescape") for word in words]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


watch = Watch()
