"""What scopes allow."""

import pytest

from server.model.rights import SCOPES, allows, covers, scopes, within, written


def test_scopes_are_read_as_clients_write_them() -> None:
    assert scopes("templates:read, read  queues:read,") == {"templates:read", "read", "queues:read"}
    assert scopes("") == frozenset()


def test_a_scope_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match="there is no scope 'templates:burn'"):
        scopes("read templates:burn")


@pytest.mark.parametrize(
    ("held", "needed", "allowed"),
    [
        ("read", "templates:read", True),
        ("read", "billing:read", True),
        ("read", "templates:write", False),
        ("write", "templates:read", False),
        ("templates:read", "templates:read", True),
        ("templates:read", "read", False),
        ("read write", "smart_cdn:sign", False),
        ("read write", "everything", False),
    ],
)
def test_a_general_scope_holds_its_special_ones(held: str, needed: str, allowed: bool) -> None:
    assert allows(scopes(held), needed) is allowed


def test_who_has_no_limits_may_do_everything() -> None:
    assert allows(None, "everything")
    assert written(None).split() == list(SCOPES)


def test_nobody_hands_out_what_he_has_not() -> None:
    some = scopes("templates:read templates:write")

    assert covers(None, None)
    assert covers(scopes("read write"), some)
    assert not covers(some, scopes("read"))
    assert not covers(scopes("read write"), None)


def test_what_was_handed_out_shrinks_with_what_it_came_from() -> None:
    token = scopes("templates:read templates:write")

    assert within(token, None) == token
    assert within(None, token) == token
    assert within(token, scopes("read")) == frozenset({"templates:read"})
