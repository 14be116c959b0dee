"""What a status shows of the params of its request."""

import json
from typing import Any

import pytest

from server.model.masking import masked, masked_fields, masked_url, placeless


def shown(params: dict[str, Any]) -> Any:
    return json.loads(masked(params))


def test_the_key_and_the_secret_of_auth_are_hidden() -> None:
    assert shown({"auth": {"key": "k", "secret": "s", "expires": "2030"}}) == {
        "auth": {"key": "****", "secret": "****", "expires": "2030"}
    }


@pytest.mark.parametrize("name", ["password", "secret", "access_token", "private_key", "Authorization", "sas_token"])
def test_secrets_of_steps_are_hidden_wherever_they_stand(name: str) -> None:
    assert shown({"steps": {"a": [{"x": {name: "canary"}}]}}) == {"steps": {"a": [{"x": {name: "****"}}]}}


def test_header_lines_and_passwords_in_urls_are_hidden() -> None:
    params = {"headers": ["Authorization: Bearer canary", "Accept: */*"], "url": "https://me:canary@host/a"}

    assert shown(params) == {"headers": ["Authorization: ****", "Accept: */*"], "url": "https://****@host/a"}


def test_all_else_is_shown_as_it_came() -> None:
    params = {"steps": {"small": {"robot": "/image/resize", "width": 75, "zoom": False, "text": None}}}

    assert shown(params) == params


@pytest.mark.case(106, 108)
@pytest.mark.parametrize(
    "name",
    [
        *("key", "secret", "session_token", "app_key", "key_file_contents", "password", "output_password"),
        *("input_passwords", "openai_api_key", "refresh_token", "apiKey", "x_private-key", "sas_token", "signature"),
    ],
)
@pytest.mark.parametrize("value", ["a", "the", 'with "quotes" and \\', 7, ["canary"], {"deep": ["canary"]}])
def test_a_secret_is_hidden_by_its_name_whatever_it_looks_like(name: str, value: Any) -> None:
    params = {"steps": {"the": {"robot": "/a/b", "path": "the a", name: value}}}

    assert shown(params) == {"steps": {"the": {"robot": "/a/b", "path": "the a", name: "****"}}}


@pytest.mark.case(106)
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["X-Whatever: canary", "Accept: */*"], ["X-Whatever: ****", "Accept: */*"]),
        ([{"Api": "canary", "Range": "0-9"}], [{"Api": "****", "Range": "0-9"}]),
        ({"Api": "canary"}, {"Api": "****"}),
        ('{"Api": "canary"}', '{"Api":"****"}'),
        ('["Api: canary"]', '["Api: ****"]'),
        ("Api: canary", "Api: ****"),
        ("canary", "****"),
        (None, None),
    ],
)
def test_the_values_of_headers_are_hidden_in_all_their_forms(given: Any, told: Any) -> None:
    assert shown({"headers": given}) == {"headers": told}


@pytest.mark.case(51, 106)
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://me:canary@host/a", "https://****@host/a"),
        ("sftp://me:can@ary@host:22/a", "sftp://****@host:22/a"),
        ("https://me:can/ary@host/a", "https://****@host/a"),
        ("https://canary@host", "https://****@host"),
        ("postgres://me:canary@db:5432/name?sslmode=require", "postgres://****@db:5432/name?sslmode=require"),
        ("https://host:8080/@me/photo@2x.png", "https://host:8080/@me/photo@2x.png"),
        ("https://host/a@b?c=d@e", "https://host/a@b?c=d@e"),
        ("https://host/a?X-Amz-Signature=canary&x=1", "https://host/a?X-Amz-Signature=****&x=1"),
        ("https://host/a?sv=1&sig=canary#top", "https://host/a?sv=1&sig=****#top"),
        ("https://host/a?access_token=canary", "https://host/a?access_token=****"),
    ],
)
def test_of_a_url_neither_login_nor_signature_is_shown(url: str, told: str) -> None:
    assert masked_url(url) == told
    assert shown({"url": [url]}) == {"url": [told]}


@pytest.mark.case(107)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("403 for https://b.s3/a?X-Amz-Credential=can&X-Amz-Signature=ary", "403 for https://b.s3/a?"),
        ("Authorization: Bearer canary was refused", "Authorization: Bearer **** was refused"),
        ("{'authorization': 'Basic canary'}", "{'authorization': 'Basic ****'}"),
        ("host=db user=me password=canary dbname=x", "host=db user=me password=**** dbname=x"),
        ("aws_secret_access_key: 'canary'", "aws_secret_access_key: '****'"),
        ("cannot open /home/canary/data/scratch/1/a.mp4: gone", "cannot open a.mp4: gone"),
        ("file:/tmp/canary/1-video.mp4: Invalid data", "1-video.mp4: Invalid data"),
        ("/somewhere/else/scratch/canary/b.png failed", "b.png failed"),
        ("step a: robot /image/resize got a b/c.png", "step a: robot /image/resize got a b/c.png"),
        ("see https://host/usr/local/x", "see https://host/usr/local/x"),
        ("password: must be a text", "password: must be a text"),
    ],
)
def test_an_error_says_neither_secrets_nor_places_of_this_machine(text: str, told: str) -> None:
    said = placeless(text, "/somewhere/else")

    assert "canary" not in said
    assert said.startswith(told)


@pytest.mark.case(106)
def test_a_field_of_a_form_with_the_name_of_a_secret_is_hidden() -> None:
    fields = {"my_password": "canary", "API-Key": "canary", "key": "order 7", "secret": ""}

    assert masked_fields(fields) == {"my_password": "****", "API-Key": "****", "key": "order 7", "secret": ""}


@pytest.mark.case(106)
@pytest.mark.parametrize(
    "odd", ["://", "://a:", "://a:/@", "&token", "secret", "a-", "authorization:", "x-key", "password = ", "/tmp/a"]
)
def test_a_text_that_looks_like_secrets_without_end_is_read_once(odd: str) -> None:
    text = "&x-" + odd * 50_000

    assert len(masked({"text": text, "texts": [text[3:], text[1:]]})) > len(odd)
    assert placeless(text, "/somewhere")
