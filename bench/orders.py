"""Orders: what a client asks of a server that may die at any moment, and what it was promised meanwhile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from tests import samples
from tests.customer import TUS, Customer, Json
from tests.receiver import Receiver

Way = Literal["tus", "form", "import", "cancel"]
PARTS = 8  # requests in which an upload is sent
SMALL = {"robot": "/image/resize", "use": ":original", "width": 60, "resize_strategy": "fit"}
ENCODE = {"robot": "/video/encode", "use": ":original", "preset": "empty", "width": 64, "height": 48}
MARKS = {"steps": ["small", {"name": "mark", "as": "watermark"}], "bundle_steps": True}


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to send some files through some steps, and how many results each step will show."""

    way: Way
    files: tuple[str, ...]
    steps: Mapping[str, Any]
    results: Mapping[str, int]


def hashed(use: str = ":original") -> Json:
    return {"robot": "/file/hash", "use": use}


KINDS = {
    "image": Kind("tus", ("photo.jpg",), {"small": SMALL, "hashed": hashed("small")}, {"hashed": 1}),
    "video": Kind("tus", ("clip.mp4",), {"encoded": {**ENCODE, "ffmpeg": {"preset": "ultrafast"}}}, {"encoded": 1}),
    "large": Kind("tus", ("large.bin", "note.txt"), {"hashed": hashed()}, {"hashed": 2}),
    "form": Kind("form", ("photo.jpg", "note.txt"), {"small": SMALL, "hashed": hashed()}, {"small": 1, "hashed": 2}),
    "bundle": Kind(
        "form",
        ("photo.jpg",),
        {
            "small": SMALL,
            "mark": {**SMALL, "width": 9},
            "marked": {"robot": "/image/resize", "use": MARKS},
        },
        {"marked": 1},
    ),
    "import": Kind("import", (), {"imported": {"robot": "/http/import"}, "hashed": hashed("imported")}, {"hashed": 2}),
    "cancel": Kind("cancel", ("clip.mp4",), {"encoded": {**ENCODE, "width": 1920, "height": 1080}}, {}),
}


def media(folder: Path) -> Path:
    """The files of all kinds, by name."""
    folder.mkdir()
    samples.jpeg(folder, 400, 300, name="photo.jpg")
    samples.mp4(folder, seconds=2, audio=False, name="clip.mp4")
    samples.txt(folder, name="note.txt")
    (folder / "large.bin").write_bytes(os.urandom(6_000_000))
    return folder


def ended(status: Json) -> Json:
    """The end itself, without what came of telling it."""
    return {name: value for name, value in status.items() if not name.startswith("notify_")}


@dataclass
class Order:
    """One Assembly, from the client's side. `site` is where imports come from, `home` where its end is told."""

    kind: Kind
    media: Path
    site: str
    home: Receiver
    id: str = field(default_factory=lambda: uuid4().hex)
    status: Json | None = None
    urls: dict[str, str] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    last: Json | None = None

    async def go_on(self, customer: Customer) -> None:
        """Does what is left to do, as a client would; asks again for all that was not answered."""
        status = await self._begun(customer)
        if self.kind.way in ("tus", "cancel") and not await self._over(customer, status):
            for name in self.kind.files:
                await self._sent(customer, status, name)
        if self.kind.way == "cancel":
            await customer.cancel(status)
        await self.check(customer)

    async def check(self, customer: Customer) -> None:
        """Each result is there once, with its bytes; and what was over stays as it was."""
        assert self.status is not None
        over = self.last or await customer.ended(self.status)
        assert ended(await customer.status(self.status)) == ended(over), "an end has changed"
        assert over["ok"] == ("ASSEMBLY_CANCELED" if self.kind.way == "cancel" else "ASSEMBLY_COMPLETED"), over
        if self.kind.way != "cancel":
            await self._right(customer, over)
        told = await self.home.heard_of(self.id)
        assert len({one.id for one in told}) == 1, f"an end was told under {len(told)} ids"
        assert all(one.is_signed() and ended(one.status) == ended(over) for one in told), "another end was told"
        self.last = over

    async def _over(self, customer: Customer, status: Json) -> bool:
        """A cancel may have been done and not answered; then there are no uploads any more."""
        canceled = self.kind.way == "cancel" and (await customer.status(status)).get("ok") == "ASSEMBLY_CANCELED"
        return canceled or self.last is not None

    async def _begun(self, customer: Customer) -> Json:
        """An Assembly that was asked for and not answered may be there; a form that broke off has to be sent anew."""
        if self.status is None:
            async with customer.http.get(f"{customer.server.origin}/assemblies/{self.id}") as response:
                found = await response.json() if response.status == 200 else None
            if found and self.kind.way == "form":
                found = await customer.ended(found)
            if found and found.get("ok") == "REQUEST_ABORTED":
                self.id, found = uuid4().hex, None
            self.status = found or await self._created(customer)
        return self.status

    async def _created(self, customer: Customer) -> Json:
        kind, path = self.kind, f"/assemblies/{self.id}"
        if kind.way == "form":
            files = [self.media / name for name in kind.files]
            return await customer.create(kind.steps, *files, path=path, notify_url=self.home.url)
        if kind.way == "import":
            urls = [f"{self.site}/one.txt", f"{self.site}/two.txt"]
            steps = {**kind.steps, "imported": {**kind.steps["imported"], "url": urls}}
            return await customer.create(steps, path=path, notify_url=self.home.url)
        return await customer.announce(kind.steps, len(kind.files), path=path, notify_url=self.home.url)

    async def _sent(self, customer: Customer, status: Json, name: str) -> None:
        path = self.media / name
        if name not in self.urls:
            async with customer.start(status, path) as response:
                assert response.status == 201, await response.text()
                self.urls[name] = response.headers["Location"]
        async with customer.http.head(self.urls[name], headers=TUS) as response:
            offset = int(response.headers["Upload-Offset"])
        assert offset >= self.offsets.get(name, 0), f"{name} lost bytes that were acknowledged"
        content = path.read_bytes()
        step = -(-len(content) // PARTS)
        while offset < len(content):
            await customer.send(self.urls[name], content[offset : offset + step], offset)
            self.offsets[name] = offset = min(offset + step, len(content))

    async def _right(self, customer: Customer, over: Json) -> None:
        counts = {step: len(files) for step, files in over["results"].items()}
        assert counts == self.kind.results, f"there are {counts} results instead of {self.kind.results}"
        sent = sorted(md5((self.media / name).read_bytes()).hexdigest() for name in self.kind.files)
        assert sorted(file["md5hash"] for file in over["uploads"]) == sent, "the uploads are not what was sent"
        for file in (file for files in over["results"].values() for file in files):
            assert md5(await customer.fetch(file)).hexdigest() == file["md5hash"], "a result has other bytes"
