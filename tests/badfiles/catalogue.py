"""The catalogue of bad files: each with its name, its kind of attack, its family, its case and what it attacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.badfiles import archives, damage, documents, drawings, images, media, notes, playlists
from tests.badfiles.bad import Bad, Canary, Kind

FAMILIES: dict[str, ModuleType] = {
    "playlists": playlists,
    "images": images,
    "drawings": drawings,
    "archives": archives,
    "documents": documents,
    "media": media,
    "notes": notes,
    "damage": damage,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue."""

    bad: Bad
    family: str
    kind: Kind

    @property
    def name(self) -> str:
        return self.bad.name

    def write(self, folder: Path, canary: Canary) -> Path:
        path = folder / self.name
        path.write_bytes(self.bad.make(canary))
        return path


CATALOGUE: tuple[Entry, ...] = tuple(
    Entry(bad, family, module.KINDS[bad.kind]) for family, module in FAMILIES.items() for bad in module.FILES
)


def of(*families: str) -> list[Entry]:
    return [entry for entry in CATALOGUE if entry.family in families]


def named(name: str) -> Entry:
    return next(entry for entry in CATALOGUE if entry.name == name)
