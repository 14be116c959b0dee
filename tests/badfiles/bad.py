"""One bad file and its kind of attack; and the canary, which is all that a bad file may try to reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret file, under one name for each ending that a tool may insist on, and the address of a listener."""

    folder: Path
    origin: str
    token: str

    def path(self, ending: str = "txt") -> str:
        return str(self.folder / f"secret.{ending}")

    def file(self, ending: str = "txt") -> str:
        """The secret as a URL."""
        return f"file://{self.path(ending)}"

    def url(self, name: str) -> str:
        return f"{self.origin}/{name}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to attack. `case` is its number in the list of security cases.

    `immune` says why the tools that come along withstand it even when they are called without any care.
    """

    case: int
    attacks: str
    immune: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A file by the name under which it is uploaded; `make` writes its bytes."""

    name: str
    kind: str
    make: Callable[[Canary], bytes]


def fixed(name: str, kind: str, make: Callable[[], bytes]) -> Bad:
    """One that reaches for nothing."""
    return Bad(name, kind, lambda canary: make())
