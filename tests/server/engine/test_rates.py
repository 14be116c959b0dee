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
    assert len(rate.unsaved()) == MOST_NAMES
    rate.take("later", 100.0)
    assert (len(rate._full), rate.unsaved()) == (1, {"later": 160.0})


def test_what_is_counted_is_unsaved_until_it_is_said_to_be_saved_as_it_is_now() -> None:
    rate = Rate(3, 60)
    rate.take("a", 0.0)
    rate.take("b", 0.0)
    before = rate.unsaved()
    rate.take("b", 0.0)

    rate.saved(before)

    assert (before, rate.unsaved()) == ({"a": 20.0, "b": 20.0}, {"b": 40.0})


def test_one_goes_on_with_what_another_has_counted() -> None:
    old, new = Rate(1, 60), Rate(1, 60)
    old.take("a", 0.0)

    new.restore({**old.unsaved(), "over": 9.0}, 10.0)

    assert (new.take("a", 10.0), new.take("over", 10.0)) == (50, 0)
