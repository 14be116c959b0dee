"""Children that nobody waits for are known by the mark that they carry."""

import select
import subprocess

from robots.tools.children import GROUPS
from robots.tools.sandbox import adopted

LATER = f"sleep 0.2; export {adopted.JOB}=one-of-ours; exec sleep 600"


def test_a_child_that_has_just_begun_is_ended_though_it_carries_no_mark_yet() -> None:
    with subprocess.Popen(["/bin/sh", "-c", LATER], env={}, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            adopted.recognise(GROUPS)
            adopted.sweep("one-of-ours", GROUPS, False)

            assert select.select([child.stdout], [], [], 20)[0], "it goes on"
        finally:
            child.kill()
