"""Lines of the log know what they are about, and never more than one line is written by a stranger."""

import json
import logging
import subprocess
import sys

import pytest

from robots.base.errors import BadInput
from server.log import JsonLine, TextLine, about


def record(words: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("server.engine.worker", logging.INFO, "worker.py", 1, words, None, info)


def raised(error: Exception) -> BaseException:
    try:
        raise error
    except Exception:
        caught = sys.exception()
        assert caught is not None
        return caught


def test_a_line_of_text_names_its_assembly_and_its_job() -> None:
    with about(assembly="a1"), about(job="j2"):
        line = TextLine().format(record("The job has begun."))

    assert line.endswith("info    server.engine.worker: The job has begun. assembly=a1 job=j2")


def test_after_the_work_a_line_is_about_nothing_again() -> None:
    with about(assembly="a1"):
        pass

    assert "assembly" not in json.loads(JsonLine().format(record("Idle.")))


def test_a_line_of_json_is_one_object() -> None:
    with about(assembly="a1"):
        row = json.loads(JsonLine().format(record('It said "no".')))

    assert row["time"].endswith("+00:00")
    assert {name: row[name] for name in ("level", "logger", "message", "assembly")} == {
        "level": "info",
        "logger": "server.engine.worker",
        "message": 'It said "no".',
        "assembly": "a1",
    }


@pytest.mark.case(120)
def test_the_name_of_a_file_cannot_write_lines_of_its_own() -> None:
    line = TextLine().format(record("cat\n2026-01-01 error all is lost\x1b[31m.png"))

    assert "\n" not in line
    assert "\x1b" not in line


@pytest.mark.case(120)
def test_the_words_of_an_error_cannot_look_like_lines_of_the_log() -> None:
    line = TextLine().format(record("It failed.", raised(OSError("x\n2026-01-01T00:00:00 error all is lost\x1b[2J"))))

    assert "\x1b" not in line
    assert all(later.startswith("    ") for later in line.split("\n")[1:])


@pytest.mark.case(120)
def test_a_line_of_json_stays_one_line_whatever_it_holds() -> None:
    line = JsonLine().format(record('cat\r\n{"level": "error"}\x1b[31m\u2028'))

    assert not set("\r\n\x1b") & set(line)
    assert json.loads(line)["level"] == "info"


@pytest.mark.parametrize("form", [TextLine, JsonLine])
def test_the_mistake_of_a_user_leaves_no_traceback(form: type[logging.Formatter]) -> None:
    line = form().format(record("The job failed.", raised(BadInput("The file is empty."))))

    assert "INVALID_INPUT_ERROR: The file is empty." in line
    assert "Traceback" not in line


@pytest.mark.parametrize("form", [TextLine, JsonLine])
def test_a_fault_of_our_own_shows_where_it_came_from(form: type[logging.Formatter]) -> None:
    line = form().format(record("The job failed.", raised(ZeroDivisionError("by zero"))))

    assert "Traceback" in line
    assert "test_log.py" in line


@pytest.mark.case(113, 120)
def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    script = (
        "import logging; from server.log import setup; setup('info', 'text'); logging.error('x' * 9999); print('on')"
    )
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=full, check=False)

    assert done.stdout == b"on\n"


@pytest.mark.case(106)
def test_libraries_do_not_tell_what_they_sign() -> None:
    script = (
        "import logging; from server.log import setup; setup('debug', 'text');"
        "logging.getLogger('botocore.auth').debug('x-amz-security-token:hush');"
        "logging.getLogger('aiobotocore.endpoint').debug('X-Amz-Security-Token: hush'); logging.debug('told')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert "told" in done.stderr
    assert "hush" not in done.stderr
