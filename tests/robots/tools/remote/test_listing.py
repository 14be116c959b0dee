"""Lists of FTP servers."""

import pytest

from robots.tools.remote.listing import Kind, Listed, columns, facts


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("type=file;size=7;modify=20260101000000; a b.txt", "a b.txt", "file"),
        ("Type=dir;Perm=el; docs", "docs", "folder"),
        ("size=7;type=FILE; ; =.txt", "; =.txt", "file"),
        ("type=OS.unix=slink:/etc; link", "link", "link"),
        ("type=OS.unix=symlink; link", "link", "link"),
        ("type=OS.unix=chr-1/3; null", "null", "other"),
        ("size=7; strange", "strange", "other"),
    ],
)
def test_facts_tell_what_a_name_stands_for(line: str, name: str, kind: Kind) -> None:
    assert facts(line) == Listed(name, kind)


@pytest.mark.parametrize("line", ["type=cdir; .", "type=pdir; ..", "", "a.txt", "type=file;a.txt", "type=file; "])
def test_facts_of_the_folder_itself_and_of_nothing_are_left_out(line: str) -> None:
    assert facts(line) is None


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("-rw-r--r--   1 sam      users        4096 Jan  1 12:00 a b.txt", "a b.txt", "file"),
        ("-rw-r--r--   1 sam      users        4096 Jan  1  2024  blank first", " blank first", "file"),
        ("drwxr-xr-x   2 1000     1000            6 Dec 31 2024 docs", "docs", "folder"),
        ("-rwsr-sr-t+  1 sam      users  9999999999 Feb 29 08:15 x", "x", "file"),
        ("lrwxrwxrwx   1 sam users 7 Jan 01 12:00 link -> /etc/passwd", "link", "link"),
        ("-rw-r--r--   1 sam users 7 2024-02-03 12:00 iso.txt", "iso.txt", "file"),
        ("-rw-r--r--   1 sam 7 Jan 01 12:00 no group", "no group", "file"),
        ("crw-rw-rw-   1 root root 1, 3 Jan 01 12:00 null", "null", "other"),
        ("01-31-26  03:05PM       <DIR>          docs", "docs", "folder"),
        ("01-31-2026  15:05            1,234 a b.txt", "a b.txt", "file"),
        ("01-31-26  03:05PM       <JUNCTION>     link", "link", "link"),
    ],
)
def test_columns_tell_what_a_name_stands_for(line: str, name: str, kind: Kind) -> None:
    assert columns(line) == Listed(name, kind)


@pytest.mark.parametrize(
    "line", ["total 12", "", "a.txt", "-rw-r--r--", "d" * 10_000, "- " * 5000, "-rw-r--r-- " + "1 " * 9000]
)
def test_any_other_line_is_left_out(line: str) -> None:
    assert columns(line) is None
