"""A tool that has fallen to a hostile file sees, reaches and keeps nothing that is not its own."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from robots.base.errors import BadInput, ToolFailed, ToolTimeout
from robots.tools.process import Limits
from tests.robots.tools.sandbox.conftest import Spy

SECRET = "a-secret-of-somebody-else"

TRY_TO_READ = """
import os, sys
for path in sys.argv[1:]:
    try:
        if os.path.isdir(path): print(path, os.listdir(path))
        else: print(path, open(path, "rb").read(2000))
    except OSError as error:
        print("refused", error.errno)
"""


@pytest.mark.case(80)
async def test_a_tool_finds_no_database_no_keys_and_no_other_job(spy: Spy, tmp_path: Path) -> None:
    other = tmp_path / "another-job"
    other.mkdir()
    database, keys, result = tmp_path / "sluice.db", tmp_path / "auth.json", other / "1.jpg"
    with sqlite3.connect(database) as rows:
        rows.execute("create table secrets as select ? as word", (SECRET,))
    for path in (keys, result):
        path.write_text(SECRET)
    environ = f"/proc/{os.getpid()}/environ"
    tried = [database, keys, result, other, environ, "/etc/passwd", "/etc/shadow", "/home", "/var/log", Path(__file__)]

    finished = await spy.run(TRY_TO_READ, *tried)

    lines = finished.stdout.decode().splitlines()
    assert len(lines) == len(tried)
    assert {line.split()[0] for line in lines} == {"refused"}
    assert SECRET.encode() not in finished.stdout


@pytest.mark.case(80)
async def test_the_environment_of_the_server_is_nowhere_to_be_read(spy: Spy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_AUTH_SECRET", SECRET)
    look = """
import glob, os
print(os.environ)
for path in glob.glob("/proc/[0-9]*/environ"):
    try: print(open(path).read())
    except OSError: pass
"""

    finished = await spy.run(look)

    assert SECRET.encode() not in finished.stdout


async def test_an_input_can_be_read_and_not_changed_and_the_folder_is_its_own(spy: Spy, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_text("input")
    work = """
import sys
open("made", "w").write(open(sys.argv[1]).read() * 2)
try: open(sys.argv[1], "a").write("more")
except OSError: print("refused")
"""

    finished = await spy.run(work, given, reads=[given])

    assert finished.stdout == b"refused\n"
    assert (spy.folder / "made").read_text() == "inputinput"
    assert given.read_text() == "input"


CALL_OUT = """
import socket, sys
for family, kind, address in [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(sys.argv[1]))),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int(sys.argv[2]))),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", int(sys.argv[1]))),
    (socket.AF_UNIX, socket.SOCK_STREAM, sys.argv[3]),
    (socket.AF_UNIX, socket.SOCK_DGRAM, "\\0abstract"),
    (16, socket.SOCK_RAW, None),
]:
    try:
        s = socket.socket(family, kind)
        s.connect(address); s.send(b"x")
        print("sent")
    except PermissionError:
        print("refused")
"""


@pytest.mark.case(112)
async def test_a_tool_has_no_network_of_any_kind(spy: Spy, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        unix.bind(str(tmp_path / "socket"))
        unix.listen()

        finished = await spy.run(CALL_OUT, tcp.getsockname()[1], udp.getsockname()[1], tmp_path / "socket")

        assert finished.stdout.split() == [b"refused"] * 6
        with pytest.raises(BlockingIOError):
            udp.recv(1)


REACH_INTO_THE_KERNEL = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
calls = {"unshare": lambda: libc.unshare(0x10000000), "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "ptrace": lambda: libc.ptrace(16, os.getppid(), 0, 0), "clone": lambda: libc.syscall(56, 0x10000011, 0, 0, 0, 0),
    "setns": lambda: libc.setns(0, 0), "memfd": lambda: libc.memfd_create(b"m", 0),
    "bpf": lambda: libc.syscall(321, 0, 0, 0),
    "uring": lambda: libc.syscall(425, 1, 0), "x32": lambda: libc.syscall(0x40000000 + 39)}
for name, call in calls.items():
    if call() >= 0: print(name)
for act in (lambda: os.setuid(0), lambda: os.chroot("."), lambda: os.mknod("device", 0o020666, os.makedev(1, 3))):
    try: act(); print("did", act) if os.getuid() else None
    except OSError: pass
print(open("/proc/self/status").read() if os.path.exists("/proc/self/status") else "")
"""


async def test_what_reaches_into_the_kernel_is_refused_and_no_privilege_is_left(spy: Spy) -> None:
    finished = await spy.run(REACH_INTO_THE_KERNEL)

    assert finished.code == 0, finished.tail
    told = finished.stdout.decode()
    assert told.startswith("Name:"), told[:200]
    assert "NoNewPrivs:\t1" in told
    assert "CapEff:\t0000000000000000" in told
    assert not (spy.folder / "device").exists()


@pytest.mark.case(79, 112)
async def test_a_daemon_that_left_its_group_and_took_its_mark_off_dies_with_the_tool(any_spy: Spy) -> None:
    os.mkfifo(any_spy.folder / "alive")
    alive = os.open(any_spy.folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
    daemon = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.open("alive", os.O_WRONLY)
        os.write(told, b"x")
        for number in (1, 2): os.close(number)
        os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"], {})
    os._exit(0)
os.read(ready, 1)
"""

    finished = await any_spy.run(daemon)

    assert finished.code == 0, finished.tail
    assert os.read(alive, 1) == b""  # nobody has it open any more, the moment that the run has ended
    os.close(alive)


@pytest.mark.case(79)
async def test_a_flood_of_complaints_fills_no_memory_and_its_end_is_kept(any_spy: Spy) -> None:
    flood = """
import os
line = b"complaint " * 100 + b"\\n"
block = line * 1000
for _ in range(200): os.write(2, block)
os.write(2, b"the last word\\n")
os._exit(3)
"""

    finished = await any_spy.run(flood)

    assert finished.code == 3
    assert finished.tail[-1] == "the last word"
    assert sum(map(len, finished.tail)) <= 20 * 400


@pytest.mark.case(79)
async def test_too_much_memory_in_several_processes_together_ends_the_job(any_spy: Spy) -> None:
    several = """
import os, time
for _ in range(4):
    if os.fork() == 0: kept = bytearray(60 << 20); kept[::4096] = b"x" * len(kept[::4096]); time.sleep(60)
time.sleep(60)
"""

    with pytest.raises(BadInput, match="needs more memory than one job may use"):
        await any_spy.run(several, limits=Limits(wall=30, resident=150 << 20))


@pytest.mark.case(79)
async def test_a_fork_bomb_ends_its_own_job_and_nothing_else(any_spy: Spy) -> None:
    bomb = """
import os, signal, time
for _ in range(200):
    try:
        if os.fork() == 0: os.setsid(); signal.pause()
    except OSError: pass
time.sleep(60)
"""

    with pytest.raises(ToolFailed, match="more processes than one job may have"):
        await any_spy.run(bomb, limits=Limits(wall=30, processes=100))


@pytest.mark.case(116)
async def test_too_many_files_end_the_job(any_spy: Spy) -> None:
    many = "import time\nfor n in range(3000): open(str(n), 'w').close()\ntime.sleep(60)"

    with pytest.raises(ToolFailed, match="more than one job may keep on the disk"):
        await any_spy.run(many, limits=Limits(wall=30, files=2000))


@pytest.mark.case(116)
async def test_too_many_bytes_in_several_files_end_the_job(any_spy: Spy) -> None:
    many = "import time\nfor n in range(30): open(str(n), 'wb').write(bytes(1 << 20))\ntime.sleep(60)"

    with pytest.raises(ToolFailed, match="more than one job may keep on the disk"):
        await any_spy.run(many, limits=Limits(wall=30, disk=20 << 20))


@pytest.mark.case(116)
async def test_links_and_devices_do_not_lead_out_of_the_folder(spy: Spy, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    links = """
import os, sys
for act in (lambda: os.symlink(sys.argv[1], "symbolic"), lambda: os.link(sys.argv[1], "hard"),
            lambda: os.mknod("disk", 0o060666, os.makedev(254, 0)), lambda: print(open("symbolic").read())):
    try: act()
    except OSError: pass
"""

    finished = await spy.run(links, tmp_path / "secret")

    assert SECRET.encode() not in finished.stdout
    assert not (spy.folder / "hard").exists()
    assert not any(stat.S_ISBLK(path.lstat().st_mode) for path in spy.folder.iterdir())


@pytest.mark.case(79)
async def test_a_tool_that_spins_is_ended_by_the_processor_time_it_may_use(any_spy: Spy) -> None:
    with pytest.raises(ToolTimeout, match="more processor time than it may"):
        await any_spy.run("while True: pass", limits=Limits(wall=30, cpu=1), check=True)


@pytest.mark.case(79)
async def test_one_file_cannot_grow_beyond_its_limit(any_spy: Spy) -> None:
    spill = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open('big', 'wb').write(bytes(50_000))"

    with pytest.raises(ToolFailed, match="wrote a larger file than it may"):
        await any_spy.run(spill, limits=Limits(wall=30, file_size=4096), check=True)


async def test_a_tool_has_a_private_place_for_what_it_throws_away(spy: Spy) -> None:
    leave = "import os, tempfile; print(tempfile.mkstemp()[1]); os.path.exists('/tmp/x') and print('shared')"
    before = time.time_ns()

    finished = await spy.run(leave)

    left = Path(finished.stdout.decode().strip())
    assert left.parent == spy.folder
    assert [path for path in Path("/tmp").glob("tmp*") if path.lstat().st_ctime_ns > before and path == left] == []
