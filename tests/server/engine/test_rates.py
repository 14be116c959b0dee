"""How often something may happen."""

from server.engine.rates import MOST_NAMES, Rate


def test_so_many_come_at_once_and_then_one_by_one() -> None:
    rate = Rate(3, 60)

    assert [rate.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 20]
    assert rate.take("a", 19.0) == 1
    assert rate.take("a", 20.0) == 0
    assert rate.take("a", 20.0) == 20


def test_one_does_not_use_up_what_another_has() -> None:
    rate = Rate(1, 60)

    assert (rate.take("a", 0.0), rate.take("b", 0.0), rate.take("a", 1.0)) == (0, 0, 59)


def test_who_waits_has_all_again() -> None:
    rate = Rate(3, 1)
    for _ in range(3):
        rate.take("a", 0.0)

    assert [rate.take("a", 100.0) for _ in range(3)] == [0, 0, 0]
    assert rate.take("a", 100.0) > 0


def test_none_is_no_limit_and_some_have_their_own() -> None:
    free, strict = Rate(0, 60), Rate(1, 60)

    assert {free.take("a", 0.0) for _ in range(100)} == {0.0}
    assert [free.take("b", 0.0, 1), free.take("b", 0.0, 1)] == [0, 60]
    assert {strict.take("a", 0.0, 0) for _ in range(100)} == {0.0}


def test_to_look_counts_nothing() -> None:
    rate = Rate(1, 60)

    assert [rate.wait("a", 0.0) for _ in range(3)] == [0, 0, 0]
    rate.take("a", 0.0)
    assert rate.wait("a", 10.0) == 50


def test_memory_does_not_grow_with_names() -> None:
    rate = Rate(1, 60)

    for number in range(MOST_NAMES + 100):
        rate.take(str(number), 0.0)
    assert len(rate._full) == MOST_NAMES
    rate.take("later", 100.0)
    assert len(rate._full) == 1
