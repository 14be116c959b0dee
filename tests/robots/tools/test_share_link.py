"""Share links and the files behind them."""

import pytest

from robots.tools.share_link import direct

DRIVE = "https://drive.usercontent.google.com/download?id=1aB-c_D&export=download&confirm=t"


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("https://www.dropbox.com/s/abc/photo.jpg?dl=0", "https://www.dropbox.com/s/abc/photo.jpg?dl=1"),
        ("https://www.dropbox.com/s/abc/photo.jpg", "https://www.dropbox.com/s/abc/photo.jpg?dl=1"),
        (
            "https://www.dropbox.com/scl/fi/abc/a.jpg?rlkey=k%2B1&raw=1",
            "https://www.dropbox.com/scl/fi/abc/a.jpg?rlkey=k%2B1&dl=1",
        ),
        ("https://drive.google.com/file/d/1aB-c_D/view?usp=sharing", DRIVE),
        ("https://drive.google.com/file/u/1/d/1aB-c_D/edit", DRIVE),
        ("https://drive.google.com/open?id=1aB-c_D", DRIVE),
        ("https://drive.google.com/uc?export=download&id=1aB-c_D", DRIVE),
        ("https://drive.google.com/file/d/1aB-c_D/view?resourcekey=0-x", f"{DRIVE}&resourcekey=0-x"),
        (
            "https://docs.google.com/document/d/1aB/edit#heading=h.1",
            "https://docs.google.com/document/d/1aB/export?format=docx",
        ),
        (
            "https://docs.google.com/spreadsheets/d/1aB/edit?gid=0",
            "https://docs.google.com/spreadsheets/d/1aB/export?format=xlsx",
        ),
        ("https://docs.google.com/presentation/u/0/d/1aB/", "https://docs.google.com/presentation/d/1aB/export/pptx"),
        ("https://docs.google.com/drawings/d/1aB/edit", "https://docs.google.com/drawings/d/1aB/export/png"),
        (
            "https://1drv.ms/i/s!AbC",
            "https://api.onedrive.com/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL2kvcyFBYkM/root/content",
        ),
        (
            "https://onedrive.live.com/embed?cid=1&resid=1%21105&authkey=x",
            "https://onedrive.live.com/download?cid=1&resid=1%21105&authkey=x",
        ),
        (
            "https://acme-my.sharepoint.com/:w:/g/personal/me/abc?e=1",
            "https://acme-my.sharepoint.com/:w:/g/personal/me/abc?e=1&download=1",
        ),
    ],
)
def test_a_share_link_becomes_the_file(link: str, file: str) -> None:
    assert direct(link) == file
    assert direct(file) == file


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/s/abc/photo.jpg?dl=0",
        "https://notdropbox.com/s/abc?dl=0",
        "https://www.dropbox.com/help",
        "https://drive.google.com/drive/folders/1aB",
        "https://docs.google.com/document/d/e/2PACX/pub",
        "https://docs.google.com/forms/d/1aB/viewform",
        "https://sharepoint.com.example.com/:w:/g/a",
        "http://[broken",
    ],
)
def test_other_links_stay_as_they_are(url: str) -> None:
    assert direct(url) == url
