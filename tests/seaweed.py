"""SeaweedFS: a real S3 server on this machine, and a look behind it at what it holds."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from robots.tools.s3.place import Place
from tests.canary import secret

WEED = Path(sys.executable).parent / "weed"
KEY, SECRET = "storekeeper", secret("s3-secret")
READER, READER_SECRET = "reader", secret("s3-reader-secret")
IDENTITIES = {
    "identities": [
        {
            "name": "storekeeper",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        {
            "name": "reader",
            "credentials": [{"accessKey": READER, "secretKey": READER_SECRET}],
            "actions": ["Read", "List"],
        },
    ]
}
DOMAIN = "s3.example.com"  # below which each bucket is a host, for who looks it up here
SERVERS = ("s3", "master", "volume", "filer")
SECONDS = 40


@dataclass(frozen=True)
class Seaweed:
    """The running server: the port of its S3, and that of its filer, which asks for no password."""

    port: int
    filer: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def place(self, bucket: str) -> Place:
        return Place(self.origin, bucket, KEY, SECRET)

    def access(self, bucket: str) -> dict[str, str]:
        """The parameters of a step that uses a bucket here."""
        return {"host": self.origin, "bucket": bucket, "key": KEY, "secret": SECRET}

    def make(self, bucket: str) -> str:
        """An empty bucket."""
        self._ask("PUT", f"{self.origin}/{bucket}", self.place(bucket))
        return bucket

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """A file that came from somebody else."""
        place = self.place(bucket)
        self._ask("PUT", place.url(key), place, content)

    def content(self, bucket: str, key: str) -> bytes:
        with urllib.request.urlopen(self._behind(bucket, key)) as answer:
            whole: bytes = answer.read()
        return whole

    def about(self, bucket: str, key: str) -> dict[str, str]:
        """What is kept beside the bytes: the media type, and headers with small letters."""
        with urllib.request.urlopen(f"{self._behind(bucket, key)}?metadata=true") as answer:
            entry = json.loads(answer.read())
        return {"mime": entry.get("Mime", ""), **_decoded(entry.get("Extended") or {})}

    def keys(self, bucket: str, folder: str = "") -> list[str]:
        """All files, those of folders that the server keeps for itself too."""
        request = urllib.request.Request(
            f"{self._behind(bucket, folder)}/?limit=1000", headers={"Accept": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            entries = json.loads(answer.read())["Entries"] or []
        found: list[str] = []
        for entry in entries:
            key = entry["FullPath"].removeprefix(f"/buckets/{bucket}/")
            found += self.keys(bucket, key) if entry["Mode"] & (1 << 31) else [key]
        return found

    def versioned(self, bucket: str) -> None:
        words = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        self._ask("PUT", f"{self.origin}/{bucket}?versioning=", self.place(bucket), words)

    def versions(self, bucket: str) -> str:
        return self._ask("GET", f"{self.origin}/{bucket}?versions=", self.place(bucket))

    def begin(self, bucket: str, key: str) -> None:
        """An upload in parts that nobody ends."""
        self._ask("POST", f"{self.place(bucket).url(key)}?uploads=", self.place(bucket))

    def uploads(self, bucket: str) -> list[str]:
        """The uploads in parts that were begun and not ended."""
        return re.findall(r"<UploadId>(.*?)<", self._ask("GET", f"{self.origin}/{bucket}?uploads=", self.place(bucket)))

    def _behind(self, bucket: str, key: str) -> str:
        return f"http://127.0.0.1:{self.filer}/buckets/{bucket}/{quote(key)}".rstrip("/")

    def _ask(self, method: str, url: str, place: Place, content: bytes = b"") -> str:
        asked = AWSRequest(method, url, data=content)
        S3SigV4Auth(Credentials(place.key, place.secret), "s3", place.region).add_auth(asked)
        headers = dict(asked.headers)
        with urllib.request.urlopen(urllib.request.Request(url, content or None, headers, method=method)) as answer:
            text: str = answer.read().decode()
        return text


def _decoded(extended: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): b64decode(value).decode("utf-8", "replace") for name, value in extended.items()}


@contextlib.contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """Starts the server on free ports, and ends it."""
    (folder / "s3.json").write_text(json.dumps(IDENTITIES))
    ports = dict(zip([name + kind for name in SERVERS for kind in ("", ".grpc")], _free(8), strict=True))
    words = [f"-{name.partition('.')[0]}.port{'.grpc' if '.' in name else ''}={port}" for name, port in ports.items()]
    command = [
        str(WEED),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        f"-s3.config={folder / 's3.json'}",
        f"-s3.domainName={DOMAIN}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=4000",
        *words,
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        server = Seaweed(ports["s3"], ports["filer"])
        _await(server, process)
        yield server
    finally:
        process.kill()
        process.wait()


def _await(server: Seaweed, process: subprocess.Popen[bytes]) -> None:
    """Until it takes a bucket: it answers sooner than it can keep anything."""
    ends = time.monotonic() + SECONDS
    while True:
        try:
            server.make("first")
            server.put("first", "a", b"a")
        except OSError:
            assert process.poll() is None, "SeaweedFS ended"
            assert time.monotonic() < ends, "SeaweedFS does not answer"
            time.sleep(0.05)
        else:
            return


def _free(count: int) -> list[int]:
    """Ports that nobody listens on now; none is given twice."""
    with contextlib.ExitStack() as open_:
        sockets = [open_.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
