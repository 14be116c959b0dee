"""The keys of the SSH servers that were met, in a file such as OpenSSH's `known_hosts`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import threading
from pathlib import Path

from robots.tools.remote.complaints import Complaint

MOST = 10_000  # servers; accounts decide which are met
KEY = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]{16,4096}={0,2})(?: .*)?")
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


class KnownHosts:
    """Who is met for the first time is believed, and must have the same key ever after.

    So somebody who gets in between later is found out, and nobody has to look up keys before the first file. Whoever
    runs the server may write keys into the file beforehand, or remove the line of a server that got a new one.
    """

    def __init__(self, path: Path, most: int = MOST) -> None:
        self.path = path
        self.most = most
        self._alone = threading.Lock()

    def keys(self, host: str, port: int) -> tuple[str, ...]:
        """The keys by which a server is known, none if it was never met."""
        place = spelled(host, port)
        return tuple(key for names, key in self._lines() if place in names)

    def learn(self, host: str, port: int, key: str) -> None:
        """Keeps the key of a server that was met for the first time."""
        with self._alone:
            known = self.keys(host, port)
            if key in known:
                return
            if known:
                raise Complaint(f"{host} showed two different host keys.", "ACCESS_DENIED")
            if len(self._lines()) >= self.most:
                raise Complaint(f"This server cannot remember more hosts: give the key of {host} as `host_key`.")
            text, new = self._text(), not self.path.exists()
            cut_off = text and not text.endswith("\n")
            with open(self.path, "a", encoding="utf-8", opener=_private) as file:
                file.write("\n" * bool(cut_off) + f"{spelled(host, port)} {key}\n")
                file.flush()
                os.fsync(file.fileno())
            if new:
                _sync(self.path.parent)

    def _lines(self) -> list[tuple[list[str], str]]:
        found = []
        for line in self._text().splitlines():
            names, _, key = line.partition(" ")
            if known := KEY.fullmatch(key.strip()):
                found.append((names.lower().split(","), f"{known[1]} {known[2]}"))
        return found

    def _text(self) -> str:
        try:
            return self.path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""


def spelled(host: str, port: int) -> str:
    """A host as the file names it."""
    return host.lower() if port == 22 else f"[{host.lower()}]:{port}"


def fingerprint(key: str) -> str:
    """The short form of a key."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def checked_key(text: str) -> str:
    """A public key without its comment, or its fingerprint; ValueError if it is neither."""
    plain = text.strip()
    if FINGERPRINT.fullmatch(plain.rstrip("=")):
        return plain.rstrip("=")
    known = KEY.fullmatch(plain)
    try:
        valid = known and base64.b64decode(known[2], validate=True)
    except binascii.Error:
        valid = None
    if not known or not valid:
        raise ValueError("must be a public key such as `ssh-ed25519 AAAA…`, or its fingerprint `SHA256:…`")
    return f"{known[1]} {known[2]}"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    """A file that is new outlives a power cut only in a folder that knows of it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
