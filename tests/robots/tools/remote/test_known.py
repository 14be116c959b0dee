"""The keys of the SSH servers that were met."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from robots.tools.remote.complaints import Complaint
from robots.tools.remote.known import KnownHosts, checked_key, fingerprint
from tests.sftp import key, public

HOST, OTHER = (" ".join(public(name).split()[:2]) for name in ("host", "other"))


@pytest.mark.case(55)
def test_who_was_met_is_known_by_name_and_port(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")

    known.learn("Files.Example.com", 22, HOST)
    known.learn("files.example.com", 2222, OTHER)
    known.learn("::1", 22, OTHER)

    again = KnownHosts(tmp_path / "known_hosts")
    assert again.keys("files.example.com", 22) == again.keys("FILES.example.com", 22) == (HOST,)
    assert again.keys("files.example.com", 2222) == (OTHER,)
    assert again.keys("::1", 22) == (OTHER,)
    assert again.keys("other.example.com", 22) == ()


@pytest.mark.case(55)
def test_a_second_key_is_not_learned(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    known.learn("a.example", 22, HOST)
    known.learn("a.example", 22, HOST)

    with pytest.raises(Complaint, match="two different host keys"):
        known.learn("a.example", 22, OTHER)

    assert known.keys("a.example", 22) == (HOST,)


def test_a_key_that_was_learned_outlives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink()))
    known = KnownHosts(tmp_path / "known_hosts")

    known.learn("a.example", 22, HOST)
    known.learn("b.example", 22, HOST)

    assert synced == [known.path, tmp_path, known.path]


def test_of_many_who_meet_a_server_at_once_each_writes_the_same_line(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(partial(known.learn, "a.example", 22), [HOST] * 20))

    assert known.path.read_text() == f"a.example {HOST}\n"


def test_the_file_may_be_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    lines = [
        "# servers",
        f"a.example,[b.example]:2222 {public('host')}",
        f"a.example {OTHER} comment of many words",
        "|1|hash= ssh-ed25519 AAAA",
        f"@revoked c.example {HOST}",
        "broken ssh-ed25519",
        "\udce4",
    ]
    path.write_text("\n".join(lines), "utf-8", "surrogateescape")

    known = KnownHosts(path)

    assert known.keys("a.example", 22) == (HOST, OTHER)
    assert known.keys("b.example", 2222) == (HOST,)
    assert known.keys("c.example", 22) == known.keys("broken", 22) == ()


def test_a_line_that_was_cut_off_spoils_none_after_it(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"a.example {HOST}\nb.example ssh-ed")

    KnownHosts(path).learn("c.example", 22, OTHER)

    assert KnownHosts(path).keys("c.example", 22) == (OTHER,)


def test_there_is_an_end_to_what_is_remembered(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts", most=2)
    known.learn("a.example", 22, HOST)
    known.learn("b.example", 22, HOST)

    with pytest.raises(Complaint, match=r"give the key of c\.example as `host_key`"):
        known.learn("c.example", 22, HOST)


def test_the_fingerprint_is_the_one_that_openssh_shows() -> None:
    assert fingerprint(HOST) == key("host").get_fingerprint()
    assert checked_key(f"{fingerprint(HOST)}=") == fingerprint(HOST)
    assert checked_key(f" {public('host')} \n") == HOST
