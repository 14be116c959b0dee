"""What kind of preview a file gets."""

import pytest

from robots.base.file import File
from robots.tools.category import category


@pytest.mark.parametrize(
    ("mime", "type", "found"),
    [
        ("image/jpeg", "image", "image"),
        ("image/svg+xml", None, "image"),
        ("video/mp4", "video", "video"),
        ("video/mp4", "audio", "audio"),
        ("audio/mpeg", None, "audio"),
        ("application/pdf", None, "document"),
        ("application/postscript", None, "document"),
        ("image/x-eps", "image", "document"),
        ("text/plain", None, "document"),
        ("application/msword", None, "document"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", None, "document"),
        ("application/vnd.oasis.opendocument.text", None, "document"),
        ("text/html", None, "webpage"),
        ("application/xhtml+xml", "document", "webpage"),
        ("application/zip", None, "archive"),
        ("application/gzip", None, "archive"),
        ("application/x-tar", None, "archive"),
        ("application/x-7z-compressed", None, "archive"),
        ("application/vnd.rar", None, "archive"),
        ("application/octet-stream", None, "unknown"),
        ("", None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_a_category_follows_from_the_type(mime: str | None, type: str | None, found: str) -> None:
    assert category(File(id="1", name="a", mime=mime, type=type)) == found
