"""Jobs and their ids."""

from hypothesis import given
from hypothesis import strategies as st

from server.model.job import Input, digest, job_id, result_id

names = st.text(alphabet="abc:", min_size=1, max_size=3)


def test_the_same_work_has_the_same_id() -> None:
    inputs = [Input("file", "base"), Input("other")]

    assert job_id("assembly", "step", inputs) == job_id("assembly", "step", inputs)
    assert len(job_id("assembly", "step", inputs)) == 32


def test_other_inputs_roles_and_steps_are_other_work() -> None:
    ids = {
        job_id("assembly", "step", [Input("file")]),
        job_id("assembly", "step", [Input("file", "base")]),
        job_id("assembly", "step", [Input("other")]),
        job_id("assembly", "next", [Input("file")]),
        job_id("another", "step", [Input("file")]),
    }

    assert len(ids) == 5


def test_each_result_of_a_job_has_its_own_id() -> None:
    assert result_id("job", 0) != result_id("job", 1)


@given(st.lists(names, min_size=1, max_size=3), st.lists(names, min_size=1, max_size=3))
def test_parts_do_not_run_into_each_other(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)
