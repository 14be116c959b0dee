"""The name of a downloaded file."""

import pytest

from robots.tools.filename import of_path, safe, told


@pytest.mark.case(49)
@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a.jpg"', "a.jpg"),
        ("attachment; filename=a.jpg", "a.jpg"),
        ("attachment; filename=my photo.jpg", "my photo.jpg"),
        ('attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'),
        ("attachment; filename=\"a.jpg\"; filename*=UTF-8''na%C3%AFve%20file.jpg", "naïve file.jpg"),
        ("attachment; filename*=utf-8'en'%e2%82%ac.txt; filename=euro.txt", "€.txt"),
        ("attachment; filename*=iso-8859-1''%e9.txt", "é.txt"),
        ("attachment; filename*=no-such-charset''a; filename=b.txt", "b.txt"),
        ("attachment; filename*=broken; filename=b.txt", "b.txt"),
        ('attachment; FileName = "a;b.jpg"', "a;b.jpg"),
        ('filename="a.jpg"', "a.jpg"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\a.txt"', "a.txt"),
        ('attachment; filename=".."', ""),
        ('attachment; filename="caf\udce9.txt"', "café.txt"),
        ("inline", ""),
        ("", ""),
    ],
)
def test_a_content_disposition_tells_the_name(header: str, name: str) -> None:
    assert told(header) == name


@pytest.mark.case(49)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/b.jpg", "b.jpg"),
        ("/my%20photo.jpg", "my photo.jpg"),
        ("/", ""),
        ("/a/", ""),
        ("/%2e%2e%2fpasswd", "passwd"),
    ],
)
def test_the_last_part_of_a_path_is_a_name(path: str, name: str) -> None:
    assert of_path(path) == name


@pytest.mark.case(49)
def test_a_name_has_no_line_breaks_and_keeps_its_extension_when_it_is_cut() -> None:
    assert safe("a\r\nb\u202e.txt") == "ab.txt"

    cut = safe("é" * 5000 + ".jpeg")

    assert len(cut.encode()) <= 255
    assert cut.endswith("é.jpeg")
