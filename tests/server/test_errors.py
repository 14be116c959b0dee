"""What a client is told when a request is refused."""

import re
from pathlib import Path

import pytest

from robots.base.robot import Robot
from server.errors import CODES, OF_ROBOTS, RESERVED, ApiError, known


def test_an_error_body_says_code_status_and_sentence() -> None:
    body = ApiError("ASSEMBLY_NOT_FOUND").body()

    assert body == {
        "error": "ASSEMBLY_NOT_FOUND",
        "http_code": 404,
        "message": "The Assembly you requested does not exist.",
    }


def test_a_reason_takes_the_place_of_the_sentence_and_more_keys_are_passed_on() -> None:
    body = ApiError("ASSEMBLY_STEP_NO_ROBOT", "Step a has no robot.", step="a").body()

    assert body["message"] == body["reason"] == "Step a has no robot."
    assert body["step"] == "a"


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_an_error_status_and_a_sentence(code: str) -> None:
    status, sentence = known(code)

    assert code == code.upper()
    assert 400 <= status < 600 or (code, status) == ("BILL_NOT_FOUND", 200)  # as the PHP SDK reads it
    assert sentence.endswith((".", "?"))


def test_a_robots_own_code_needs_no_line_of_its_own() -> None:
    class ImageResizeRobot(Robot):  # type: ignore[type-arg]
        name = "/image/resize"

    error = ApiError(ImageResizeRobot.error(), "width: must be at least 1")

    assert error.code == "IMAGE_RESIZE_VALIDATION"
    assert error.status == 400
    assert error.message == OF_ROBOTS["VALIDATION"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("S3_IMPORT_ACCESS_DENIED", "ACCESS_DENIED"),
        ("HTTP_IMPORT_NOT_FOUND", "NOT_FOUND"),
        ("FILE_READ_VALIDATION_ERROR", "VALIDATION_ERROR"),
        ("IMAGE_ENHANCE_NO_INPUT_FILE", "NO_INPUT_FILE"),
        ("FILE_DECOMPRESS_PASSWORD_REQUIRED", "PASSWORD_REQUIRED"),
    ],
)
def test_the_end_of_a_robots_code_tells_what_is_wrong(code: str, kind: str) -> None:
    assert known(code) == (400, OF_ROBOTS[kind])


@pytest.mark.parametrize("code", ["", "VALIDATION", "OUT_OF_MILK", "image_resize_VALIDATION", "A_BVALIDATION"])
def test_a_code_that_no_client_knows_is_a_mistake_of_ours(code: str) -> None:
    with pytest.raises(KeyError):
        ApiError(code)


TESTS = Path(__file__).parent.parent


def test_every_code_is_asked_for_by_a_test_or_reserved_for_a_reason() -> None:
    sources = [path for path in TESTS.rglob("*") if path.suffix in (".py", ".mjs") and "node_modules" not in path.parts]
    told = "".join(path.read_text("utf-8") for path in sources if path != Path(__file__))

    assert [code for code in CODES if not re.search(rf"\b{code}\b", told)] == []


def test_a_code_that_is_reserved_is_never_sent() -> None:
    packages = ("server", "robots", "tus")
    files = [path for package in packages for path in (TESTS.parent / package).rglob("*.py")]
    source = "".join(
        path.read_text("utf-8") for path in files if path.name != "errors.py" or "server" not in path.parts
    )

    assert [code for code in RESERVED if f'"{code}"' in source or code in CODES] == []
