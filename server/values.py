"""How the values of settings are written: what people type, read into values and shown again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
BYTES = {
    **{"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12},
    **{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40},
}
SWITCH_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
NUMBER_AND_UNIT = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
PLACE = re.compile(r"(?:/[\w.~-]+)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: its name in the help, how it is read (ValueError says what is wrong) and shown."""

    name: str
    read: Callable[[Any], Any]
    show: Callable[[Any], str] = str


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ValueError("is not a text")
    return given.strip()


def _number(given: Any) -> int:
    if isinstance(given, bool) or not re.fullmatch(r"\d+", str(given).strip(), re.ASCII):
        raise ValueError("is not a whole number")
    return int(given)


def _count(given: Any) -> int:
    if (number := _number(given)) < 1:
        raise ValueError("is less than 1")
    return number


def _port(given: Any) -> int:
    if (number := _number(given)) > 65535:
        raise ValueError("is not a port: 1 to 65535, or 0 for a free one")
    return number


def _duration(given: Any) -> float:
    number, unit = _number_and_unit(given, "is not a duration such as 30s, 5m, 8h or 90d")
    if (unit or "s").lower() not in SECONDS or number <= 0:
        raise ValueError("is not a duration such as 30s, 5m, 8h or 90d")
    return number * SECONDS[(unit or "s").lower()]


def _size(given: Any) -> int:
    number, unit = _number_and_unit(given, "is not a size such as 500KB, 20GB or 1GiB")
    units = {name.lower(): size for name, size in BYTES.items()}
    if (unit or "b").lower() not in units or number <= 0:
        raise ValueError("is not a size such as 500KB, 20GB or 1GiB")
    return int(number * units[(unit or "b").lower()])


def _number_and_unit(given: Any, complaint: str) -> tuple[float, str]:
    found = None if isinstance(given, bool) else NUMBER_AND_UNIT.fullmatch(str(given).strip())
    if found is None:
        raise ValueError(complaint)
    return float(found[1]), found[2]


def _switch(given: Any) -> bool:
    if (word := str(given).strip().lower()) not in SWITCH_WORDS:
        raise ValueError("is neither yes nor no")
    return SWITCH_WORDS[word]


def _path(given: Any) -> Path:
    return Path(_text(given)).expanduser()


def _origin(given: Any) -> str:
    """The API lives at the root of its address: clients drop a path."""
    url = urlsplit(_text(given))
    if url.scheme not in {"http", "https"} or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ValueError("is not an address such as https://media.example.com, without a path")
    return f"{url.scheme}://{url.netloc}"


def _place(given: Any) -> str:
    place = "/" + _text(given).strip("/")
    if not PLACE.fullmatch(place):
        raise ValueError("is not the beginning of a path such as /cdn")
    return place


def _networks(given: Any) -> tuple[Network, ...]:
    names = given if isinstance(given, list) else str(given).split(",")
    try:
        return tuple(ip_network(str(name).strip()) for name in names if str(name).strip())
    except ValueError as error:
        raise ValueError("is not a list of networks such as 10.0.0.0/8,192.168.1.7/32") from error


def _ports(given: Any) -> tuple[int, ...]:
    """The ports below 1024 belong to services that are not for requests, but for those of the web itself."""
    names = given if isinstance(given, list) else str(given).split(",")
    ports = tuple(_port(name) for name in names if str(name).strip())
    if any(port < 1024 for port in ports):
        raise ValueError("is not a list of ports from 1024 on")
    return ports


def _names(given: Any) -> tuple[str, ...]:
    names = given if isinstance(given, list) else str(given).split(",")
    return tuple(str(name).strip() for name in names if str(name).strip())


def _show_duration(seconds: float) -> str:
    unit = next((unit for unit, length in SECONDS.items() if seconds % length == 0 and seconds > length), "s")
    return f"{seconds / SECONDS[unit]:g}{unit}"


def _show_size(size: int) -> str:
    whole = {unit: size // length for unit, length in BYTES.items() if size % length == 0}
    unit = min(whole, key=lambda unit: whole[unit])
    return f"{whole[unit]}{unit}"


def choice(*names: str) -> Kind:
    """One of a few words."""

    def read(given: Any) -> str:
        if (word := str(given).strip().lower()) not in names:
            raise ValueError(f"is none of {', '.join(names)}")
        return word

    return Kind("|".join(names), read)


TEXT = Kind("TEXT", _text)
COUNT = Kind("NUMBER", _count)
LIMIT = Kind("NUMBER", _number)
PORT = Kind("PORT", _port)
DURATION = Kind("DURATION", _duration, _show_duration)
SIZE = Kind("SIZE", _size, _show_size)
SWITCH = Kind("YES|NO", _switch, lambda on: "yes" if on else "no")
PATH = Kind("PATH", _path)
ORIGIN = Kind("URL", _origin)
PLACE_OF_URL = Kind("PATH", _place)
NETWORKS = Kind("CIDR,...", _networks, lambda nets: ", ".join(map(str, nets)))
NAMES = Kind("NAME,...", _names, ", ".join)
KEYS = Kind("KEY,...", _names)
PORTS = Kind("PORT,...", _ports, lambda ports: ", ".join(map(str, ports)))
