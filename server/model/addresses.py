"""Addresses: every URL that clients are given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from robots.base.file import File

WEBSOCKET = "/ws1"  # exactly one path segment: clients split the URL at its slashes
TUS = "/resumable/files/"
PLAIN = re.compile(r"[\w.~-]*", re.ASCII).fullmatch  # names that stand in a URL as they are


@dataclass(frozen=True, slots=True)
class Addresses:
    """`origin` has a scheme, a host and a port, and no slash at its end."""

    origin: str

    def assembly(self, assembly: str) -> str:
        return f"{self.origin}/assemblies/{assembly}"

    @property
    def tus(self) -> str:
        return self.origin + TUS

    def upload(self, upload: str) -> str:
        return f"{self.tus}{upload}"

    @property
    def websocket(self) -> str:
        return self.origin + WEBSOCKET

    def stream(self, assembly: str) -> str:
        return f"{self.websocket}?assembly={assembly}"

    @property
    def companion(self) -> str:
        return f"{self.origin}/companion/"

    def file(self, assembly: str, file: File) -> str:
        """Where a file can be fetched for a while."""
        name = file.name if PLAIN(file.name) else quote(file.name, safe="")
        return f"{self.origin}/results/{assembly}/{file.id}/{name}"
