"""Limits become those of the system, unless the host has set lower ones."""

import resource

from robots.tools.sandbox.limits import Limits


def test_the_signal_of_a_passed_limit_comes_before_the_end() -> None:
    assert Limits(cpu=60).bounds()["cpu"] == (60, 65)


def test_a_program_that_reserves_more_than_it_uses_has_no_limit_of_addresses() -> None:
    assert "as" in Limits().bounds()
    assert "as" not in Limits(memory=None).bounds()


def test_processes_are_counted_for_the_job_only_where_its_users_are_its_own() -> None:
    most = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    own, shared = Limits(processes=9).bounds(own_users=True)["nproc"], Limits(processes=9).bounds()["nproc"]

    assert own == (9, 9)
    assert shared[0] > 9 or shared[0] == most
