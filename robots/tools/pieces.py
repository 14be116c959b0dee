"""Pieces: the parts of a stream that was cut, looked at in one go instead of one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from robots.base.errors import RobotError
from robots.tools.ffprobe import Ffprobe

AT_ONCE = 256  # whose paths fit into one argument
SLACK = 1.0  # seconds by which all together may be shorter or longer than their list says
SHOWN = {"video": "width", "audio": "channels"}  # what a stream has none of until a packet of it is found


class Pieces:
    """What ffprobe would show of each piece, known from what it shows of all: all have the same streams.

    Nothing is known where they do not play for as long as they should, or where a stream begins later than others;
    then each is looked at by itself.
    """

    def __init__(self, ffprobe: Ffprobe) -> None:
        self.ffprobe = ffprobe
        self._known: dict[Path, tuple[Mapping[str, Any], float]] = {}

    async def look(self, cut: Sequence[tuple[Path, float]]) -> None:
        """At those of one stream in their order, each with its seconds."""
        for first in range(0, len(cut), AT_ONCE):
            await self._look(cut[first : first + AT_ONCE])

    def tell(self, path: Path) -> None:
        """Whoever asks for a piece next need not look at it."""
        if path in self._known:
            self.ffprobe.tell(path, _shown(path, *self._known[path]))

    async def _look(self, cut: Sequence[tuple[Path, float]]) -> None:
        if len(cut) < 2:
            return
        try:
            shown = await self.ffprobe.show_joined([path for path, _ in cut])
        except RobotError:
            return
        long = float(shown["format"].get("duration", 0))
        if abs(long - sum(seconds for _, seconds in cut)) <= SLACK and all(map(_is_seen, shown["streams"])):
            self._known |= {path: (shown, seconds) for path, seconds in cut}


def _is_seen(stream: Mapping[str, Any]) -> bool:
    needed = SHOWN.get(stream.get("codec_type", ""))
    return needed is None or bool(stream.get(needed))


def _shown(path: Path, shown: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The same streams, as long as this piece; the names of all of them would be too much to remember with each."""
    size = path.stat().st_size
    long = {"duration": f"{seconds:.6f}"}
    own = {**long, "filename": f"file:{path}", "size": str(size)}
    rate = {"bit_rate": str(round(size * 8 / seconds))} if seconds else {}
    streams = [{**stream, **long} for stream in shown["streams"]]
    return {"format": {**shown["format"], **own, **rate}, "streams": streams}
