"""Streams of /video/adaptive play in a real browser, with the players that people use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests import samples
from tests.clients.chromium import chromium, window
from tests.customer import Customer
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPTS = Path(__file__).parent / "vendor"
PAGE = '<!doctype html><link rel="icon" href="data:,"><script src="/{0}"></script><video muted></video>'
PLAYED = "v.play().catch(no); v.ontimeupdate = () => v.currentTime > 1.2 && yes([v.videoWidth, Math.round(v.duration)])"
START = {
    "hls.js": f"""url => new Promise((yes, no) => {{
      const v = document.querySelector('video'), hls = new Hls()
      hls.on(Hls.Events.ERROR, (_, told) => told.fatal && no(told.details))
      hls.loadSource(url); hls.attachMedia(v); {PLAYED} }})""",
    "dash.js": f"""url => new Promise((yes, no) => {{
      const v = document.querySelector('video'), player = dashjs.MediaPlayer().create()
      player.on('error', told => no(JSON.stringify(told.error)))
      player.initialize(v, url, false); {PLAYED} }})""",
}


async def exported(customer: Customer, technique: str, folder: Path) -> None:
    """Puts all results where a store robot would, by their relative paths."""
    source = samples.mp4(folder, seconds=3, width=160, height=120, args=("-force_key_frames", "expr:gte(t,n_forced)"))
    step = {
        "robot": "/video/adaptive",
        "use": {"steps": [":original"], "bundle_steps": True},
        "technique": technique,
        "segment_duration": 1,
        "result": True,
    }
    status = await customer.completed(await customer.create({"streamed": step}, source))
    for file in status["results"]["streamed"]:
        target = folder / technique / file["meta"]["relative_path"] / file["name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        async with customer.http.get(file["ssl_url"]) as response:
            target.write_bytes(await response.read())


@pytest.mark.long
async def test_hls_dash_and_cmaf_play_in_a_browser(customer: Customer, tmp_path: Path) -> None:
    for technique in ("hls", "dash", "cmaf"):
        await exported(customer, technique, tmp_path)

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.path.lstrip("/")
        if name.endswith(".html"):
            return web.Response(text=PAGE.format(name.removesuffix(".html")), content_type="text/html")
        return web.FileResponse((SCRIPTS if name in START else tmp_path) / name)

    played: list[Any] = []
    async with site(serve) as origin, chromium() as browser:
        for player, path in (
            ("hls.js", "hls/stream/playlist.m3u8"),
            ("dash.js", "dash/stream/playlist.mpd"),
            ("hls.js", "cmaf/stream/playlist.m3u8"),
            ("dash.js", "cmaf/stream/playlist.mpd"),
        ):
            async with window(browser, f"{origin}/{player}.html") as page:
                played.append(await page.evaluate(START[player], f"{origin}/{path}"))

    assert played == [[160, 3]] * 4
