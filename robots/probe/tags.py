"""The tags of audio files by mutagen, which knows some that ffprobe does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen

from robots.probe import notes


def read(path: Path) -> dict[str, Any]:
    """The keys for an audio file; none when its tags are damaged."""
    try:
        file = mutagen.File(path, easy=True)
        tags = dict(file.tags or {}) if file is not None else {}
    except Exception:  # mutagen raises many kinds for damaged tags; the sound may be fine
        return {}
    return notes.read(
        {key.lower(): str(values[0]) for key, values in tags.items() if isinstance(values, list) and values}
    )
