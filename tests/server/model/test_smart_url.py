"""Smart URLs are verified as they were received, whichever SDK has signed them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transloadit.client import Transloadit

from server.errors import ApiError
from server.model.smart_url import SmartUrl, smart_url

SECRET = "test-secret"
SIGNED = "d994b8a737db1c43d6e04a07018dc33e8e28b23b27854bd6383d828a212cfffb"
TARGET = f"template/file.jpg?auth_key=test-key&exp=1732550672867&sig=sha256%3A{SIGNED}"
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


def received(url: str) -> SmartUrl:
    parts = urlsplit(url)
    return smart_url(f"{parts.path.lstrip('/')}?{parts.query}")


@pytest.mark.case(96)
def test_the_example_of_the_sdks_is_signed() -> None:
    url = smart_url(TARGET)

    assert url.is_signed("workspace", SECRET)
    assert (url.template, url.fields, url.key, url.expires) == (
        "template",
        {"input": "file.jpg"},
        "test-key",
        1732550672.867,
    )


@pytest.mark.case(96)
@pytest.mark.parametrize(
    "target",
    [
        TARGET.replace("file", "other"),
        TARGET.replace("template", "templates"),
        TARGET.replace("867", "868"),
        TARGET.replace("file.jpg", "file%2Ejpg"),
        TARGET.replace("auth_key=test-key&exp=1732550672867", "exp=1732550672867&auth_key=test-key"),
        TARGET + "&width=9999",
        "template/file.jpg?width=9999&" + TARGET.partition("?")[2],
        TARGET.partition("&sig")[0],
        TARGET.replace(SIGNED, SIGNED.upper()),
        TARGET.replace("sha256%3A", ""),
        TARGET.replace("sha256", "sha1"),
    ],
)
def test_an_address_that_was_changed_is_not(target: str) -> None:
    assert not smart_url(target).is_signed("workspace", SECRET)


def test_nor_is_that_of_another_workspace_or_secret() -> None:
    assert not smart_url(TARGET).is_signed("workspaces", SECRET)
    assert not smart_url(TARGET).is_signed("workspace", SECRET + "s")


@pytest.mark.case(96)
@given(words, words, words, st.dictionaries(words, words | st.lists(words, min_size=2, max_size=3), max_size=3))
def test_what_the_python_sdk_signs_is_signed(
    workspace: str, template: str, wanted: str, fields: dict[str, str | list[str]]
) -> None:
    told = {name: value for name, value in fields.items() if name not in ("auth_key", "exp", "sig", "input")}
    sdk = Transloadit("a-key", SECRET)

    url = received(sdk.get_signed_smart_cdn_url(workspace, template, wanted, dict(told), 1_900_000_000_000))

    assert url.is_signed(workspace, SECRET)
    assert url.key == "a-key"
    assert {name: url.fields[name] for name in told} == told


def test_the_input_may_be_a_path_or_an_address() -> None:
    whole = "https://example.com/a picture.jpg?size=2"

    assert smart_url(f"template/{quote(whole, safe='')}").fields["input"] == whole
    assert smart_url("builtin/encode-hls@1.0.0/folder/video.mp4").fields["input"] == "folder/video.mp4"
    assert smart_url("builtin/encode-hls@1.0.0/folder/video.mp4").template == "builtin/encode-hls@1.0.0"


@pytest.mark.case(96)
@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("template/file?sig=a&sig=b", "INVALID_URL_ENCODING"),
        ("template/file?exp=1&e%78p=2", "INVALID_URL_ENCODING"),
        ("template/%ff", "INVALID_URL_ENCODING"),
        ("template/file?w=%c3%28", "INVALID_URL_ENCODING"),
        ("template/file?exp=tomorrow", "INVALID_AUTH_EXPIRES_PARAMETER"),
        ("template/file?exp=-1", "INVALID_AUTH_EXPIRES_PARAMETER"),
    ],
)
def test_what_cannot_be_read_is_told(target: str, code: str) -> None:
    with pytest.raises(ApiError) as told:
        smart_url(target)

    assert told.value.code == code
