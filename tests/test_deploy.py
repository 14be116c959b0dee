"""What is shipped to run the server with holds it back as far as it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from server.config import read

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy" / "sluice.service"
CONTAINER = ROOT / "deploy" / "Containerfile"
HELD_BACK = {
    "DynamicUser": "yes",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "LimitCORE": "0",
}
# These would break the sandbox of the tools, which is worth more.
IN_THE_WAY = {
    "ProtectKernelTunables",
    "ProtectKernelLogs",
    "ProtectProc",
    "MemoryDenyWriteExecute",
}


BUILT_WITH = {"@mount", "@privileged", "@resources"}
EXPOSED = 30  # tenths, as systemd counts


def unit() -> dict[str, str]:
    lines = [line.partition("=") for line in UNIT.read_text().splitlines() if re.match(r"[A-Z]\w+=", line)]
    return {name: value for name, _, value in lines}


def instructions() -> dict[str, list[str]]:
    """Of the last stage of the Containerfile, by their names."""
    whole = re.sub(r"\\\n\s*", "", CONTAINER.read_text())
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in whole.rpartition("\nFROM ")[2].splitlines()[1:]:
        name, _, words = line.partition(" ")
        found[name].append(words)
    return found


def flags(words: list[str]) -> dict[str, str]:
    return {
        name.removeprefix("--").replace("-", "_"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }


@pytest.mark.case(115)
def test_the_service_may_write_nothing_but_its_data_and_gains_no_rights() -> None:
    told = unit()

    assert {name: told.get(name) for name in HELD_BACK} == HELD_BACK
    assert not IN_THE_WAY & told.keys()
    assert set(told["RestrictNamespaces"].split()) == {"user", "mnt", "pid", "net", "ipc"}
    assert told["SystemCallFilter"].startswith("~")
    assert not BUILT_WITH & set(told["SystemCallFilter"].lstrip("~").split())
    assert {"MemoryMax", "TasksMax", "LimitNOFILE", "RestrictAddressFamilies"} <= told.keys()


def test_the_commands_of_service_and_container_are_ones_that_the_server_knows() -> None:
    service = unit()["ExecStart"].split()
    container = json.loads(instructions()["ENTRYPOINT"][0])

    assert read(flags(service[3:]), {}).data == Path("/var/lib/sluice")
    assert read(flags(container[3:]), {}).host == "0.0.0.0"
    assert service[:3] == container[:3] == ["/opt/sluice/.venv/bin/python", "/opt/sluice/run.py", "serve"]


def test_systemd_understands_the_service_and_finds_it_little_exposed_where_it_is_at_hand(tmp_path: Path) -> None:
    text = re.sub(r"ExecStart=\S+", f"ExecStart={shutil.which('true')}", UNIT.read_text())
    (tmp_path / UNIT.name).write_text(text.replace("/opt/sluice\n", f"{tmp_path}\n"))
    analyze, path = shutil.which("systemd-analyze"), str(tmp_path / UNIT.name)
    ways = (["verify", path], ["security", "--offline=true", f"--threshold={EXPOSED}", path]) if analyze else ()

    done = [subprocess.run([analyze or "", *way], capture_output=True, text=True, check=False) for way in ways]

    assert all(UNIT.name not in each.stderr for each in done)
    assert all(each.returncode == 0 for each in done[1:])


def test_the_container_runs_as_a_user_without_rights_and_holds_no_secret() -> None:
    found = instructions()
    words = CONTAINER.read_text()

    assert int(found["USER"][0].partition(":")[0]) > 1000
    assert found["USER"][-1] == found["USER"][0]
    assert not found.keys() & {"ENV", "ARG", "ADD"}
    assert not re.search(r"secret|password|token|auth_key|chmod|sudo", words, re.IGNORECASE)
    assert set(re.findall(r"^FROM (\S+)", words, re.MULTILINE)) == {"python:3.12-slim"}


def test_what_a_clone_has_gathered_stays_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert {".git", ".venv", "data", "sluice.toml"} <= set(ignored)
