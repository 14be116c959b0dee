"""Runs the robots on sample media and writes a page that shows inputs beside outputs.

    .venv/bin/python -m bench.gallery [--only image]

The page is bench/out/gallery/index.html. A robot that fails is shown with its error, so that it is seen at a glance.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from bench.exhibits import EXHIBITS, Exhibit
from bench.materials import make
from tests.customer import Customer, Json
from tests.live import live
from tests.seaweed import Seaweed, seaweed

OUT = Path(__file__).parent / "out" / "gallery"
WAIT = 180  # seconds for one exhibit
BUCKET, SIGNATURE = "gallery", "test.ndb"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1400px; padding: 0 1rem; color: #1c2430 }
h2 { font-size: 1.05rem; margin: 0 0 .5rem }
section { display: grid; grid-template-columns: 280px 1fr 2fr; gap: 1.5rem }
section { padding: 1.2rem 0; border-top: 1px solid #dde }
pre { background: #f4f6f9; padding: .6rem; margin: 0; overflow: auto; max-height: 16rem; font-size: 12px }
.row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; align-content: flex-start }
figure { margin: 0; max-width: 300px }
figcaption { color: #5a6675; font-size: 12px; overflow-wrap: anywhere }
img, video { max-width: 300px; max-height: 220px }
img { background: repeating-conic-gradient(#eee 0 25%, #fff 0 50%) 0 / 16px 16px }
audio { width: 260px }
iframe { width: 300px; height: 220px; border: 1px solid #ccd }
.failed { color: #b00020; font-weight: 600 }
"""


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", default="", help="parts of the robots' names, such as image,/video/merge")
    given = asked.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    wanted = [exhibit for exhibit in EXHIBITS if any(part in exhibit.title for part in given.only.split(","))]
    with tempfile.TemporaryDirectory(dir=OUT.parent) as name, seaweed(fresh(Path(name, "weed"))) as weed:
        await make(Path(name), [SIGNATURE])
        weed.make(BUCKET)
        signatures = str(Path(name, SIGNATURE))
        async with live(Path(name, "data"), virus_signatures=signatures) as server, ClientSession() as http:
            room = Room(Customer(server, http), weed)
            shown = [await show(room, number, exhibit) for number, exhibit in enumerate(wanted)]
    body = "\n".join(shown)
    (OUT / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{STYLE}</style><h1>Gallery</h1>{body}"
    )
    print(f"{len(wanted)} exhibits, {body.count('class=failed')} failed: {OUT / 'index.html'}")


def fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


@dataclass(frozen=True, slots=True)
class Room:
    """A customer of the server that is shown, and a store beside it."""

    customer: Customer
    weed: Seaweed


async def show(room: Room, number: int, exhibit: Exhibit) -> str:
    """One exhibit as HTML: what went in, how, and what came out."""
    folder = fresh(OUT / str(number))
    files, steps = exhibit.files(folder), dict(exhibit.steps)
    if exhibit.in_s3:
        steps["made"] = {**steps["made"], **room.weed.access(BUCKET)}
    try:
        status = await room.customer.ended(await room.customer.create(steps, *files), WAIT)
    except AssertionError as refused:
        status = {"error": "refused", "message": str(refused)}
    made = await outcome(room, folder, exhibit, status)
    told = []
    if "error" in status:
        told.append(f"<p class=failed>{html.escape(status['error'])}: {html.escape(status['message'])}</p>")
    told += [f"<p>{html.escape(note['msg'])}</p>" for note in status.get("warnings", [])]
    print(f"{exhibit.title}: {status.get('ok') or status.get('error')}, {len(made)} files")
    asked = (
        f"<h2>{html.escape(exhibit.title)}</h2><pre>{html.escape(json.dumps(exhibit.steps['made'], indent=1))}</pre>"
    )
    return f"<section><div>{asked}{''.join(told)}</div>{row(files)}{row(made)}</section>"


async def outcome(room: Room, folder: Path, exhibit: Exhibit, status: Json) -> list[Path]:
    """The results, or what lies in the store by now."""
    results = [item for found in status.get("results", {}).values() for item in found]
    if not exhibit.steps["made"]["robot"].endswith("/store"):
        return [
            path
            for place, item in enumerate(results)
            for path in await fetched(
                room.customer.http, folder / f"result-{place}-{Path(item['name']).name}", item, exhibit
            )
        ]
    made = []
    for key in room.weed.keys(BUCKET):
        made.append(folder / f"kept-{key.replace('/', '-')}")
        made[-1].write_bytes(room.weed.content(BUCKET, key))
    return made


async def fetched(http: ClientSession, target: Path, item: Json, exhibit: Exhibit) -> list[Path]:
    async with http.get(item["ssl_url"]) as response:
        target.write_bytes(await response.read())
        told = target.with_suffix(".headers.txt")
        if exhibit.answered:
            told.write_text("\n".join(f"{name}: {value}" for name, value in response.headers.items()))
    return [target, told] if exhibit.answered else [target]


def row(files: Sequence[Path]) -> str:
    return f"<div class=row>{''.join(map(figure, files))}</div>"


def figure(path: Path) -> str:
    source, ext = html.escape(f"{path.parent.name}/{path.name}"), path.suffix.lower().lstrip(".")
    if ext in {"jpg", "jpeg", "png", "gif", "webp", "avif", "svg"}:
        seen = f"<img src='{source}'>"
    elif ext in {"mp4", "webm", "mov", "ogv"}:
        seen = f"<video src='{source}' controls muted></video>"
    elif ext in {"mp3", "m4a", "ogg", "opus", "wav", "flac"}:
        seen = f"<audio src='{source}' controls></audio>"
    elif ext in {"pdf", "html"}:
        seen = f"<iframe src='{source}'></iframe>"
    elif ext in {"json", "txt", "vtt", "srt", "m3u8", "mpd", "csv", "md"}:
        seen = f"<pre>{html.escape(path.read_text('utf-8', 'replace')[:2000])}</pre>"
    else:
        seen = "<pre>(a file)</pre>"
    return f"<figure>{seen}<figcaption>{html.escape(path.name)}, {path.stat().st_size:,} bytes</figcaption></figure>"


if __name__ == "__main__":
    asyncio.run(main())
