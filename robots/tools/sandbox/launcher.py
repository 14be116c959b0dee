"""Launcher: a process that stands ready, and turns copies of itself into tools that have given up what they must.

To start Python for each tool would take longer than many a tool. Each request is one message of three open files and
two more: the words and the environment to read, the three that the tool gets, and where to tell its number and its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys

from robots.tools.sandbox import seccomp
from robots.tools.sandbox.launch import NOT_STARTED, become
from robots.tools.sandbox.orders import obey

FILES = 5
Tells = dict[int, int]


def main() -> None:
    """Serves the socket whose number stands behind this process's own orders, until nobody holds its other end."""
    line = int(*obey(sys.argv[1:]))
    os.closerange(3, line)  # what the server was given by whoever has started it
    os.closerange(line + 1, os.sysconf("SC_OPEN_MAX"))
    os.set_inheritable(line, False)  # whoever holds it can start what it likes
    server, tells = socket.socket(fileno=line), Tells()
    seccomp.program("tool")  # which the copies then have
    woken, wakes = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([line, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _collect(tells)
        if line in ready and not _serve(server, tells):
            return


def _serve(server: socket.socket, tells: Tells) -> bool:
    _, files, _, _ = socket.recv_fds(server, 1, FILES)
    if len(files) < FILES:
        return False
    for file in files:
        os.set_inheritable(file, False)
    asked, *given, tell = files
    with contextlib.suppress(OSError):  # a system that has no more processes has some again later
        pid = _copied(asked, given)
        tells[pid] = os.dup(tell)
        _say(tell, pid)
    for file in files:
        os.close(file)
    return True


def _copied(asked: int, given: list[int]) -> int:
    """The number of a copy that leads a group by now, for who hears of it may want to kill the group at once."""
    leads, begun = os.pipe()
    try:
        if not (pid := os.fork()):
            _turn(asked, given, begun)
    finally:
        os.close(begun)
        os.read(leads, 1)  # comes to nothing when the copy has closed its end, too
        os.close(leads)
    return pid


def _turn(asked: int, given: list[int], begun: int) -> None:
    """In the copy. Never returns."""
    try:
        os.setsid()
        os.close(begun)
        signal.set_wakeup_fd(-1)
        for one in signal.valid_signals():  # a tool would ignore what Python does, or who started the server
            if signal.getsignal(one) is signal.SIG_IGN:
                signal.signal(one, signal.SIG_DFL)
        for number, file in enumerate(given):
            os.dup2(file, number)
        with os.fdopen(asked, "rb") as words:
            become(*json.load(words))
    except BaseException as error:
        print(f"the sandbox could not be built: {error}", file=sys.stderr, flush=True)
    os._exit(NOT_STARTED)


def _collect(tells: Tells) -> None:
    """Tells of each tool that has ended how it did: its exit code, or the signal below zero."""
    while tells:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        tell = tells.pop(pid)
        _say(tell, os.waitstatus_to_exitcode(status))
        os.close(tell)


def _say(tell: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody wants to know any more
        os.write(tell, b"%d\n" % number)
