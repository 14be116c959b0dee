"""Who comes next, and who always finds a place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robots.tools.turns import NOBODY, Owner, Places, Turns, on_behalf_of, owner

OWNERS = st.builds(Owner, st.sampled_from("abc"), st.sampled_from("123"))


class Crowd:
    """Owners who wait for places and hold them; an Assembly belongs to one account."""

    def __init__(self, most: int, more: int) -> None:
        self.most = most
        self.places = Places(most, more)
        self.turns: Turns[Owner] = Turns()
        self.waiting: list[Owner] = []
        self.holding: list[Owner] = []

    def come(self, one: Owner) -> None:
        self.turns.put(one, one)
        self.waiting.append(one)
        self.hand_out()

    def go(self, index: int) -> None:
        if self.holding:
            self.places.give_back(self.holding.pop(index % len(self.holding)))
            self.hand_out()

    def hand_out(self) -> None:
        while (one := self.turns.next(self.places)) is not None:
            self.places.take(one)
            self.waiting.remove(one)
            self.holding.append(one)

    def newcomers(self) -> set[str]:
        """Accounts that wait and have nothing."""
        return {one.account for one in self.waiting} - {one.account for one in self.holding}


@pytest.mark.case(118)
@settings(max_examples=50)
@given(st.integers(1, 4), st.integers(1, 2), st.lists(st.tuples(st.booleans(), OWNERS, st.integers(0, 9)), max_size=20))
def test_an_account_with_nothing_waits_only_if_an_other_newcomer_was_quicker(
    most: int, more: int, moves: list[tuple[bool, Owner, int]]
) -> None:
    crowd = Crowd(most, more)

    for comes, (account, number), index in moves:
        crowd.come(Owner(account, account + number)) if comes else crowd.go(index)

        held = crowd.holding
        assert len(held) <= most + more
        assert not crowd.waiting or len(held) >= most, "a place is empty and somebody waits"
        for account in {one.account for one in held}:
            assert sum(one.account == account for one in held) <= most + more - 1
        for assembly in {one.assembly for one in held}:
            assert sum(one.assembly == assembly for one in held) <= most
        if crowd.newcomers():
            assert len(held) == most + more
            assert len({one.account for one in held}) > 1


@settings(max_examples=50)
@given(st.integers(1, 4), st.lists(OWNERS, max_size=20))
def test_in_the_end_everybody_has_had_a_place(most: int, owners: list[Owner]) -> None:
    crowd = Crowd(most, 2)
    for one in owners:
        crowd.come(one)

    for _ in owners:
        crowd.go(0)

    assert (crowd.waiting, crowd.holding, crowd.places.held) == ([], [], 0)
    assert crowd.places.open_to("a", "1")


@pytest.mark.case(118)
def test_accounts_take_turns_and_so_do_their_assemblies() -> None:
    turns: Turns[str] = Turns()
    for thing in ("a11", "a12", "a13", "a21", "b31"):
        turns.put(Owner(thing[0], thing[1]), thing)

    assert [turns.next(Places(None)) for _ in range(6)] == ["a11", "b31", "a21", "a12", "a13", None]


def test_what_is_dropped_does_not_come() -> None:
    turns: Turns[str] = Turns()
    for thing in ("a11", "a12", "b21"):
        turns.put(Owner(thing[0], thing[1]), thing)

    assert turns.drop("1") == ["a11", "a12"]
    assert [turns.next(Places(None)), turns.next(Places(None))] == ["b21", None]


def test_a_task_knows_for_whom_it_works_as_long_as_it_does() -> None:
    with on_behalf_of("a", "1"), on_behalf_of("b", "2"):
        assert owner() == ("b", "2")

    assert owner() == NOBODY
