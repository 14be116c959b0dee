"""Scripts run in a child of their own."""

from collections.abc import AsyncIterator

import pytest

from robots.tools.pool import Pool
from robots.tools.process import Limits
from robots.tools.script import Scripts


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(1, ["robots.tools.script_child"], Limits(wall=60, memory=512 << 20))
    yield pool
    await pool.close()


async def test_answers_come_in_the_order_of_the_sources(pool: Pool) -> None:
    answers = await Scripts(pool).evaluate(
        ["file.name.length", "nowhere", "fields"], {"file": {"name": "abc"}, "fields": {}}
    )

    assert answers == [{"value": 3}, {"error": "ReferenceError: nowhere is not defined"}, {"value": {}}]


async def test_nothing_to_evaluate_needs_no_child(pool: Pool) -> None:
    assert await Scripts(pool).evaluate([], {}) == []


async def test_a_script_that_keeps_its_child_busy_is_killed_with_it(pool: Pool) -> None:
    scripts = Scripts(pool)

    answers = await scripts.evaluate(["while (true);"], {}, seconds=60, wall=1.5)

    assert answers == [{"error": "the script took longer than 1.5 seconds"}]
    assert await scripts.evaluate(["1 + 1"], {}) == [{"value": 2}]


async def test_memory_of_a_script_is_bounded_and_the_child_lives_on(pool: Pool) -> None:
    answers = await Scripts(pool).evaluate(["new Uint8Array(1e9).length", "'x'.repeat(1e9)", "1"], {})

    assert ["error" in answer for answer in answers] == [True, True, False]
