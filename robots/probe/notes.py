"""What the tags of a recording say: who plays what, and where and with what it was filmed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from robots.probe.text import clean, kept, moment

LYRICS = 8000
PLACE = re.compile(r"([+-]\d{1,3}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")

# The names that containers use, lower-case; the first that is there wins.
TAGS: dict[str, tuple[str, ...]] = {
    "title": ("title", "com.apple.quicktime.title"),
    "artist": ("artist", "com.apple.quicktime.artist", "author"),
    "performer": ("performer",),
    "band": ("albumartist", "album_artist", "album artist"),
    "album": ("album",),
    "genre": ("genre",),
    "comment": ("comment",),
    "description": ("description", "synopsis", "com.apple.quicktime.description"),
    "copyright": ("copyright",),
    "encoder": ("encoder", "encoded_by", "encodedby", "tsse"),
    "device_vendor": ("com.apple.quicktime.make", "com.android.manufacturer", "make"),
    "device_name": ("com.apple.quicktime.model", "com.android.model", "model"),
    "device_software": ("com.apple.quicktime.software", "com.android.version"),
}
COUNTS = {"track": ("tracknumber", "track"), "disc": ("discnumber", "disc")}
DATES = ("com.apple.quicktime.creationdate", "creation_time")
YEARS = ("date", "year", "tyer", "originaldate")
TEMPOS = ("bpm", "tbpm", "tmpo")
PLACES = ("com.apple.quicktime.location.iso6709", "location")


def read(tags: Mapping[str, str]) -> dict[str, Any]:
    """The keys for a set of tags, whose names are lower-case."""
    meta: dict[str, Any] = {key: clean(_first(tags, names)) for key, names in TAGS.items()}
    meta |= {key: _count(clean(_first(tags, names), 20)) for key, names in COUNTS.items()}
    meta["lyrics"] = clean(
        next((value for key, value in tags.items() if key.startswith(("lyrics", "unsyncedlyrics"))), None), LYRICS
    )
    meta["date_recorded"] = moment(_first(tags, DATES))
    meta["year"] = _year(_first(tags, YEARS))
    meta["beats_per_minute"] = _tempo(_first(tags, TEMPOS))
    return kept({**meta, **_place(_first(tags, PLACES))})


def _first(tags: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((tags[name] for name in names if name in tags), None)


def _count(text: str | None) -> int | str | None:
    """3, or "3/12" when the whole is told."""
    return int(text) if text and text.isascii() and text.isdigit() else text


def _year(text: str | None) -> int | None:
    found = re.match(r"\s*(\d{4})", text or "", re.ASCII)
    return int(found[1]) if found else None


def _tempo(text: str | None) -> float | int | None:
    found = re.match(r"\s*(\d{1,4}(?:\.\d{1,3})?)\s*$", text or "", re.ASCII)
    number = float(found[1]) if found else 0.0
    return (int(number) if number.is_integer() else number) or None


def _place(text: str | None) -> dict[str, float]:
    """ISO 6709, as phones write it: +52.5374+013.4034/."""
    found = PLACE.match(text or "")
    if found is None:
        return {}
    latitude, longitude = float(found[1]), float(found[2])
    return {"latitude": latitude, "longitude": longitude} if abs(latitude) <= 90 and abs(longitude) <= 180 else {}
