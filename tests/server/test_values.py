"""How the values of settings are written."""

from pathlib import Path
from typing import Any

import pytest

from server.values import COUNT, DURATION, NETWORKS, ORIGIN, PATH, PORT, PORTS, SIZE, SWITCH, Kind, choice


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (DURATION, "30s", 30),
        (DURATION, "1.5h", 5400),
        (DURATION, "90d", 7_776_000),
        (DURATION, 45, 45),
        (SIZE, "1MB", 1_000_000),
        (SIZE, "1 GiB", 1 << 30),
        (SIZE, 512, 512),
        (PORT, "0", 0),
        (COUNT, 3, 3),
        (SWITCH, "Yes", True),
        (SWITCH, False, False),
        (ORIGIN, "https://media.example.com/", "https://media.example.com"),
        (choice("text", "json"), "JSON", "json"),
    ],
)
def test_people_may_write_a_value_as_they_speak(kind: Kind, given: Any, value: object) -> None:
    assert kind.read(given) == value


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (DURATION, "soon"),
        (DURATION, "-5s"),
        (DURATION, "0s"),
        (DURATION, True),
        (SIZE, "10 lightyears"),
        (SIZE, ""),
        (PORT, "65536"),
        (PORT, "²"),
        (COUNT, "0"),
        (COUNT, True),
        (SWITCH, "perhaps"),
        (PATH, " "),
        (ORIGIN, "media.example.com"),
        (ORIGIN, "https://example.com/media"),
        (NETWORKS, "10.0.0.0/99"),
        (PORTS, "8443,22"),
        (PORTS, "70000"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_a_reason(kind: Kind, given: Any) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        kind.read(given)


def test_networks_are_a_list_in_a_file_and_commas_elsewhere() -> None:
    assert NETWORKS.read(["10.0.0.0/8", "fd00::/8"]) == NETWORKS.read("10.0.0.0/8, fd00::/8")
    assert PORTS.read([8443, 9000]) == PORTS.read("8443, 9000")


def test_a_path_may_start_at_home() -> None:
    assert PATH.read("~/media") == Path.home() / "media"


@pytest.mark.parametrize(("kind", "text"), [(DURATION, "24h"), (DURATION, "60s"), (SIZE, "20GB"), (SIZE, "3KiB")])
def test_a_value_is_shown_as_it_was_written(kind: Kind, text: str) -> None:
    assert kind.show(kind.read(text)) == text
