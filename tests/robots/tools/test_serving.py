"""Which headers a file is answered with."""

import pytest

from robots.tools import serving


def test_the_usual_headers_let_every_page_use_and_keep_the_file() -> None:
    made = serving.headers("image/png", {})

    assert made["Cache-Control"] == "public, max-age=259200, s-maxage=86400"
    assert made["Access-Control-Allow-Origin"] == "*"
    assert made["Access-Control-Allow-Methods"] == "POST, GET, PUT, DELETE, OPTIONS"
    assert "Range, If-Range" in made["Access-Control-Allow-Headers"]
    assert "Content-Range" in made["Access-Control-Expose-Headers"]
    assert (made["Accept-Ranges"], made["Content-Type"]) == ("bytes", "image/png; charset=utf-8")
    assert "Content-Disposition" not in made


def test_given_headers_win_whatever_their_case() -> None:
    made = serving.headers("image/png", {"cache-control": "no-store", "ACCEPT-RANGES": "none", "X-a": "b"}, 60)

    assert (made["Cache-Control"], made["Accept-Ranges"], made["X-a"]) == ("no-store", "none", "b")
    assert len({name.lower() for name in made}) == len(made)


def test_a_duration_and_a_name_have_headers_of_their_own() -> None:
    made = serving.headers(None, {}, 60, 'é";.png')

    assert made["Cache-Control"] == "public, max-age=60, s-maxage=60"
    assert made["Content-Disposition"] == "attachment; filename=\"__;.png\"; filename*=UTF-8''%C3%A9%22%3B.png"
    assert made["Content-Type"] == "application/octet-stream; charset=utf-8"


@pytest.mark.case(83)
@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\x0b", "\x85", "\u2028", "\ud800", "\u202e"])
def test_a_value_cannot_begin_another_header(sign: str) -> None:
    told = serving.fault({"X-Name": f"a{sign}Set-Cookie: b=c"})

    assert told == "the header X-Name has a line break or an invisible character in it"


@pytest.mark.case(83, 90)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"X-A\r\nB": "c"}, "is not the name of a header"),
        ({"": "c"}, "is not the name of a header"),
        ({"X A": "c"}, "is not the name of a header"),
        ({"é": "c"}, "is not the name of a header"),
        ({"Set-Cookie": "a=b"}, "Set-Cookie cannot be chosen"),
        ({"content-length": "1"}, "content-length cannot be chosen"),
        ({"Content-Security-Policy": ""}, "cannot be chosen"),
        ({"Content-Security-Policy-Report-Only": ""}, "cannot be chosen"),
        ({"X-Content-Type-Options": "sniff"}, "cannot be chosen"),
        ({"Cross-Origin-Resource-Policy": "x"}, "cannot be chosen"),
        ({"Transfer-Encoding": "chunked"}, "cannot be chosen"),
        ({"Location": "/"}, "cannot be chosen"),
        ({"Service-Worker-Allowed": "/"}, "cannot be chosen"),
        ({"X-Accel-Redirect": "/keys"}, "cannot be chosen"),
        ({"X-Sendfile": "/keys"}, "cannot be chosen"),
        ({"Transloadit-Assembly": "x"}, "cannot be chosen"),
        ({"X-A": "b", "x-a": "c"}, "there twice"),
        ({"X-A": "b" * 5000}, "longer than 4096"),
        ({f"X-{number}": "a" for number in range(51)}, "more than 50"),
    ],
)
def test_headers_that_are_not_for_choosing_are_refused(given: dict[str, str], words: str) -> None:
    assert words in (serving.fault(given) or "")


def test_ordinary_headers_are_fine() -> None:
    assert serving.fault({"Cache-Control": "no-store", "X-Größe".encode().hex(): "größe 日本", "Vary": ""}) is None
