"""The command line, run as people run it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
Server = subprocess.Popen[str]


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "run.py", *words]
    environment = clean_environment() | variables
    return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The whole server, on a free port and an empty data folder."""
    argv = [sys.executable, "run.py", "--port", "0", "--data", str(tmp_path / "data")]
    server = subprocess.Popen(
        argv, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield server
    server.kill()
    server.communicate()


def banner(server: Server) -> list[str]:
    assert server.stdout is not None
    lines = []
    for line in server.stdout:
        lines.append(line.strip())
        if "Ctrl-C" in line:
            break
    return lines


def test_the_help_lists_the_settings_and_ends_well() -> None:
    done = run("serve", "--help")

    assert done.returncode == 0
    assert "--max-upload-size SIZE" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (["--prot", "1"], {}, "run.py: --prot is no setting; did you mean --port?"),
        ([], {"SLUICE_PROT": "1"}, "run.py: SLUICE_PROT is no setting; did you mean SLUICE_PORT?"),
        (["doctor", "--port", "x"], {}, "run.py: --port: 'x' is not a whole number."),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_code_2(words: list[str], variables: dict[str, str], sentence: str) -> None:
    done = run(*words, **variables)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")


def test_the_doctor_finds_what_the_robots_of_this_machine_need() -> None:
    done = run("doctor")

    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("tool")
    assert "robots has the tools that it needs" in done.stdout


def test_what_the_server_prints_can_be_pasted(server: Server) -> None:
    (command,) = [line for line in banner(server) if line.startswith("curl ")]

    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60)

    status = json.loads(answer.stdout)
    assert status.get("error") is None
    assert status["uploads"][0]["name"] == "sample.jpg"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_it_is_asked_to(server: Server, number: signal.Signals) -> None:
    banner(server)

    server.send_signal(number)

    assert server.wait(timeout=30) == 0


def test_the_secret_is_in_the_banner_only(server: Server, tmp_path: Path) -> None:
    shown = banner(server)
    secret = json.loads((tmp_path / "data" / "auth.json").read_text())["secret"]

    server.send_signal(signal.SIGTERM)
    out, errors = server.communicate(timeout=30)

    assert any(secret in line for line in shown)
    assert secret not in out + errors


@pytest.mark.parametrize(
    ("lack", "sentence"),
    [
        ("--fsize=0", "{data} cannot be the data folder: File too large."),
        ("--nofile=8:8", "This server has no files that it may open left; try again later."),
    ],
)
@pytest.mark.case(113, 114)
def test_a_start_with_too_little_says_so_in_one_sentence(lack: str, sentence: str, tmp_path: Path) -> None:
    argv = ["prlimit", lack, sys.executable, "run.py", "--port", "0", "--data", str(tmp_path / "data")]
    done = subprocess.run(argv, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)

    assert (done.returncode > 0, done.stdout) == (True, "")
    assert done.stderr == f"run.py: {sentence.format(data=tmp_path / 'data')}\n"
