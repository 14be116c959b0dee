"""Template Credentials, and the steps that name them."""

from typing import Any

import pytest

from robots.base.catalog import Catalog
from server.errors import ApiError
from server.model.credential import TYPES, Credential, named, secrets_of, types, unfit
from server.model.step import Step

CODE = "TEMPLATE_CREDENTIALS_NOT_CREATED"
BLANK = Credential("1" * 32, "", "", {})
FTP = Credential("1" * 32, "my_ftp", "ftp", {"host": "ftp.example.com", "user": "me", "password": "hush"})


def step(robot: str, **params: Any) -> Step:
    return Step("stored", robot, Catalog().get("/http/import"), params)


def test_they_are_what_was_sent() -> None:
    made = BLANK.changed({"name": "my_ftp-2", "type": "ftp", "content": {"user": "me", "own": 1}}, CODE)

    assert made == Credential(BLANK.id, "my_ftp-2", "ftp", {"user": "me", "own": 1})
    assert made.changed({"name": "other", "type": "ftp", "content": None}, CODE).content == made.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "abc"},
        {"name": None},
        {"name": "with space"},
        {"name": "0" * 32},
        {"name": 12345},
        {"type": "floppy"},
        {"type": ["ftp"]},
        {"content": {}},
        {"content": [1]},
        {"content": "text"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as error:
        BLANK.changed({"name": "my_ftp", "type": "ftp", "content": {"user": "me"}, **wrong}, CODE)

    assert error.value.code == CODE


def test_the_steps_own_parameters_win() -> None:
    known = ("host", "user", "password", "path", "credentials")
    params = {"path": "a/b", "user": "you", "port": None, "credentials": "my_ftp"}

    under = FTP.under(params, known, {"user": "you", "credentials": "my_ftp", "password": None})

    assert under == {**params, "host": "ftp.example.com", "password": "hush"}


def test_what_a_robot_does_not_know_is_not_given_to_it() -> None:
    assert FTP.under({}, ("user",), {}) == {"user": "me"}


@pytest.mark.case(106)
def test_the_secrets_cannot_be_sent_to_another_host() -> None:
    with pytest.raises(ApiError, match="another host"):
        FTP.under({"host": "evil.example"}, ("host", "password"), {"host": "evil.example"})

    assert FTP.under({"host": "ftp.example.com"}, ("host",), {"host": "${fields.host}"}) == {"host": "ftp.example.com"}


@pytest.mark.parametrize(
    ("robot", "type", "fits"),
    [
        ("/s3/store", "s3", True),
        ("/s3/import", "azure", False),
        ("/cloudfiles/store", "rackspace", True),
        ("/tus/store", "http", True),
        ("/video/ondemand", "s3", True),
    ],
)
def test_a_step_can_use_only_those_of_its_own_type(robot: str, type: str, fits: bool) -> None:
    error = unfit(step(robot), "mine", type)

    assert (error is None) == fits
    assert fits or (error and error.code == "TEMPLATE_CREDENTIALS_INJECTION_ERROR")


def test_a_name_that_does_not_exist_is_told_with_its_step() -> None:
    error = unfit(step("/s3/store"), "mine", None)

    assert error is not None
    assert error.body()["message"] == 'Step "stored": there are no Template Credentials "mine".'


def test_a_step_that_names_none_needs_none() -> None:
    assert [named(step("/s3/store", **given)) for given in ({}, {"credentials": None}, {"credentials": ""})] == [
        None
    ] * 3
    assert named(step("/s3/store", credentials="mine")) == "mine"


@pytest.mark.case(106)
def test_secrets_are_found_by_the_names_of_their_fields() -> None:
    key = "-----BEGIN KEY-----\nbase64base64base64\n-----END KEY-----"

    found = secrets_of({"host": "h", "key": "id", "secret": "s", "private_key": key, "headers": {"Authorization": "x"}})

    assert {"id", "s", key, "base64base64base64", "x"} <= found
    assert "h" not in found


def test_each_type_tells_its_fields() -> None:
    assert types().keys() == TYPES.keys()
    assert types()["s3"]["fields"]["secret"] == {"label": "Secret", "type": "password"}
