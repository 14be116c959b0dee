"""Use: which steps a step takes its files from, in every form that a client may write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_SOURCES = 1000
SOURCE_KEYS = {"name", "as", "fields", "result"}
USE_KEYS = {"steps", "bundle_steps", "group_by_original", "fields"}
YES_OR_NO = {True: True, False: False, "true": True, "false": False}


class WrongUse(Exception):
    """A `use` that says nothing; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One step whose files come in: `tag` is its `as`, `fields` lets only uploads of these form fields through."""

    step: str
    tag: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """The sources of a step. `fields` holds for all of them."""

    sources: tuple[Source, ...] = ()
    bundle: bool = False
    group_by_original: bool = False
    fields: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the used steps, each once."""
        return tuple(dict.fromkeys(source.step for source in self.sources))


def parse_use(given: Any) -> Use:
    """Reads a name, a list, or an object with `steps`; raises WrongUse."""
    if given is None:
        return Use()
    if not isinstance(given, Mapping):
        return Use(_sources(given))
    _refuse_others(given, USE_KEYS, "`use`")
    if "steps" not in given:
        raise WrongUse("an object in `use` needs `steps`")
    return Use(
        sources=_sources(given["steps"]),
        bundle=_yes(given, "bundle_steps"),
        group_by_original=_yes(given, "group_by_original"),
        fields=_fields(given.get("fields")),
    )


def _sources(given: Any) -> tuple[Source, ...]:
    items = [given] if isinstance(given, str) else given
    if not isinstance(items, list):
        raise WrongUse("it must be the name of a step, a list, or an object with `steps`")
    if len(items) > MOST_SOURCES:
        raise WrongUse(f"it may list at most {MOST_SOURCES} steps")
    return tuple(dict.fromkeys(_source(item) for item in items))


def _source(item: Any) -> Source:
    if isinstance(item, str):
        return Source(item)
    if not isinstance(item, Mapping):
        raise WrongUse("each item must be the name of a step, or an object with `name`")
    _refuse_others(item, SOURCE_KEYS, "an item of `use`")
    name, tag = item.get("name"), item.get("as")
    if not isinstance(name, str):
        raise WrongUse("an object in its list needs a `name`")
    if tag is not None and not isinstance(tag, str):
        raise WrongUse("`as` must be a text")
    return Source(name, tag or None, _fields(item.get("fields")))


def _fields(given: Any) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else given or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise WrongUse("`fields` must be the name of a form field, or a list of names")
    return tuple(names)


def _yes(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool | int | str) or value not in YES_OR_NO:
        raise WrongUse(f"`{name}` must be true or false")
    return YES_OR_NO[value]


def _refuse_others(given: Mapping[str, Any], keys: set[str], place: str) -> None:
    others = sorted(set(given) - keys)
    if others:
        raise WrongUse(f"{place} has no key {others[0][:100]!r}; there are {', '.join(sorted(keys))}")
