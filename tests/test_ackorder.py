"""The reader of system calls knows what is durable, and what a reply depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ackorder import Trace

CLIENT = "13<TCP:[127.0.0.1:80->127.0.0.1:5]>"
ASKED = f'1 recvfrom({CLIENT}, "PATCH /files/abc HTTP/1.1\\r\\n", 99, 0, NULL, NULL) = 30'
GOOD = f'1 sendto({CLIENT}, "HTTP/1.1 204 No Content\\r\\n", 20, 0, NULL, 0) = 20'
BAD = GOOD.replace("204 No Content", "409 Conflict")
WOKE = '2 sendto(5<UNIX-STREAM:[1->2]>, "\\0", 1, 0, NULL, 0) = 1'
WRITE = '2 pwrite64(9</d/a>, "x", 1, 0) = 1'
SYNC = "2 fsync(9</d/a>) = 0"
BEGUN = "3 fsync(9</d/a> <unfinished ...>"
ENDED = "3 <... fsync resumed>) = 0"
CREATE = '2 openat(AT_FDCWD</>, "/d/b", O_WRONLY|O_CREAT|O_EXCL, 0600) = 9</d/b>'
FOLDER = "2 fsync(8</d>) = 0"
SPLICE = "1 splice(7<pipe:[3]>, NULL, 16</d/abc>, NULL, 9, SPLICE_F_MOVE) = 9"
LINK = [
    '2 openat(AT_FDCWD</>, "/d/scratch/a", O_RDONLY) = 9</d/scratch/a>',
    '2 linkat(AT_FDCWD</>, "/proc/self/fd/9", 8</d>, "b", AT_SYMLINK_FOLLOW) = 0',
]
OTHER = ASKED.replace("abc", "xyz")

DURABLE = {
    "a write, its sync and the reply": [WRITE, SYNC, WOKE, ASKED, GOOD],
    "a write that nobody was told of yet": [WRITE, ASKED, GOOD],
    "a refusal": [WRITE, WOKE, ASKED, BAD],
    "a write in a scratch folder": [WRITE.replace("/d/a", "/d/scratch/a"), WOKE, ASKED, GOOD],
    "a name and its folder": [CREATE, FOLDER, WOKE, ASKED, GOOD],
    "a file that is gone": [WRITE.replace("/d/a", "/d/q"), '2 unlink("/d/q") = 0', WOKE, ASKED, GOOD],
    "the upload of somebody else": [SPLICE, OTHER, GOOD],
    "a synced file that got a place by its handle": [
        *(WRITE.replace("/d/a", "/d/scratch/a"), SYNC.replace("/d/a", "/d/scratch/a"), *LINK),
        *(FOLDER, WOKE, ASKED, GOOD),
    ],
    "a write that failed": [WRITE.replace("= 1", "= -1 ENOSPC (No space left on device)"), WOKE, ASKED, GOOD],
    "a synced draft under its new name": [WRITE, SYNC, '2 rename("/d/a", "/d/b") = 0', FOLDER, WOKE, ASKED, GOOD],
}
EARLY = {
    "no sync": [WRITE, WOKE, ASKED, GOOD],
    "a sync that came too late": [WRITE, WOKE, ASKED, GOOD, SYNC],
    "a sync of another file": [WRITE, SYNC.replace("/d/a", "/d/c"), WOKE, ASKED, GOOD],
    "a sync that began before the write": [BEGUN, WRITE, ENDED, WOKE, ASKED, GOOD],
    "a sync that failed": [WRITE, SYNC.replace("= 0", "= -1 EIO (Input/output error)"), WOKE, ASKED, GOOD],
    "a name without its folder": [CREATE, WOKE, ASKED, GOOD],
    "a draft that was not synced": [WRITE, '2 rename("/d/a", "/d/b") = 0', FOLDER, WOKE, ASKED, GOOD],
    "a scratch file that got a place": [
        WRITE.replace("/d/a", "/d/scratch/a"),
        '2 link("/d/scratch/a", "/d/b") = 0',
        FOLDER,
        WOKE,
        ASKED,
        GOOD,
    ],
    "a scratch file that got a place by its handle": [
        *(WRITE.replace("/d/a", "/d/scratch/a"), *LINK),
        *(FOLDER, WOKE, ASKED, GOOD),
    ],
    "an upload through the kernel": [SPLICE, ASKED, GOOD],
    "a copy in the kernel": ["2 copy_file_range(7</d/c>, NULL, 9</d/a>, NULL, 9, 0) = 9", WOKE, ASKED, GOOD],
    "a description": ['2 setxattr("/d/a", "user.x", "y", 1, 0) = 0', WOKE, ASKED, GOOD],
    "a cut": ["2 ftruncate(9</d/a>, 5) = 0", WOKE, ASKED, GOOD],
    "a removal": ['2 unlink("/d/abc") = 0', WOKE, ASKED, GOOD],
    "more of a reply that is long": [ASKED, GOOD, WRITE, WOKE, f'1 sendto({CLIENT}, "data: 1", 7, 0, NULL, 0) = 7'],
}


def read(folder: Path, lines: list[str]) -> Trace:
    (folder / "calls").write_text("\n".join(['1 mkdir("/d", 0700) = 0', *lines]))
    return Trace(Path("/d")).read(folder / "calls")


@pytest.mark.parametrize("case", DURABLE)
def test_what_is_durable_or_not_told_is_right(tmp_path: Path, case: str) -> None:
    assert read(tmp_path, DURABLE[case]).early == []


@pytest.mark.parametrize("case", EARLY)
def test_what_is_told_too_early_is_found(tmp_path: Path, case: str) -> None:
    trace = read(tmp_path, EARLY[case])

    assert len(trace.early) == 1
    assert "was answered before" in trace.early[0]
