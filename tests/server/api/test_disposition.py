"""Tests of headers with parameters."""

import pytest
from aiohttp.multipart import content_disposition_filename, parse_content_disposition

from robots.tools import filename
from server.api import disposition


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('form-data; name="a"; filename="plain.jpg"', "plain.jpg"),
        ('form-data; name="a"; filename=bare.jpg', "bare.jpg"),
        ('form-data; name="a"; filename="a;b=c.jpg"', "a;b=c.jpg"),
        ('form-data; name="a"; filename="say \\"hi\\".jpg"', 'say "hi".jpg'),
        ('form-data; name="a"; filename="say %22hi%22.jpg"', 'say "hi".jpg'),
        ('form-data; name="a"; filename="C:\\new\\table.jpg"', "C:\\new\\table.jpg"),
        ('form-data; name="a"; filename="ünï 日本.jpg"', "ünï 日本.jpg"),
        ('form-data; name="a"; filename="x.jpg"; filename*=UTF-8\'\'%e2%82%ac.jpg', "€.jpg"),
        ("form-data; name=\"a\"; filename*=iso-8859-1'en'%A3.jpg", "£.jpg"),
    ],
)
def test_the_file_name_is_read_as_its_client_meant_it(header: str, name: str) -> None:
    assert disposition.read(header)[1]["filename"] == name


@pytest.mark.parametrize(
    "header",
    [
        'form-data; name="a"; name="b"',
        "form-data; name=a; filename*=nothing",
        "form-data; name=a; filename*=nocharset''x",
        "form-data; name=a; filename*=utf-8''%ff",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(header: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
        disposition.read(header)


# What comes back as it went, and what comes back without the signs that must not be in a header.
NAMES = [
    *(
        "a.jpg",
        "ünï 日本.jpg",
        'q"uo\\te.jpg',
        "100%.jpg",
        "a;b=c.txt",
        "'x'.png",
        "😀.gif",
        "a b.jpg",
        " a.jpg",
        "a,b.jpg",
    ),
    *(
        "a=b.jpg",
        "a'b'c.jpg",
        "%41.jpg",
        "%22.jpg",
        "%0d%0aSet-Cookie: x=1",
        "=?utf-8?q?x?=.jpg",
        "UTF-8''x.jpg",
        "?.jpg",
    ),
    *('"', '""', '";', '\\"', "\\", "\\\\", 'a"; filename="b.exe', 'a"; filename*=UTF-8b.exe', "a\\", 'a\\";x="'),
    *(
        "<img src=x onerror=alert(1)>.png",
        "javascript:alert(1)",
        "-rf",
        "@file",
        "|id",
        "$(id)",
        "`id`",
        "a&b",
        "*",
        "~",
    ),
    *("../../etc/passwd", "..\\..\\boot.ini", "C:\\x.jpg", ".", "..", "CON", "nul.txt", "a" * 255, "é" * 120),
    *("ﬁle.jpg", "e\u0301.jpg", "Ω", "العربية.pdf", "ไทย", "한국어", "Ĳ", "ａ．ｅｘｅ", "a.jpg.exe", "x.html", "x.svg"),
]
HOSTILE = [
    *(
        "a\r\nSet-Cookie: x=1",
        "a\0b",
        "\ud800.jpg",
        "a\u202egnp.exe",
        "\x1b[31m",
        "a\u2028b",
        "\x7f",
        "a\tb",
        "\x85",
        "\ufeff",
    ),
    *("a\u200bb", 'a\r\n\r\n<script>"', "", "\n", "\udcff\udcfe", "a\xadb", "\u2066x", "\x00", "a\vb", "a\fb"),
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.case(97)
def test_two_parsers_read_back_the_name_of_a_download(name: str) -> None:
    header = filename.disposition("attachment", name)

    kind, parameters = parse_content_disposition(header)

    assert kind == "attachment"
    assert content_disposition_filename(parameters) == name
    assert disposition.read(header)[1]["filename"] == name


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.case(97)
def test_a_hostile_name_adds_nothing_to_the_header(name: str) -> None:
    header = filename.disposition("inline", name)

    _, parameters = parse_content_disposition(header)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert parameters.keys() <= {"filename", "filename*"}
    assert disposition.read(header)[1]["filename"].isprintable()
