"""What GitHub's Markdown knows beside the plain one."""

from __future__ import annotations

import pytest

from robots.tools.gfm import reader

BOX, DONE = '<input disabled="" type="checkbox" /> ', '<input checked="" disabled="" type="checkbox" /> '


def link(address: str, target: str = "") -> str:
    return f'<a href="{target or address}">{address}</a>'


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("- [ ] open", f"{BOX}open"),
        ("- [x] done", f"{DONE}done"),
        ("1. [X] **bold**", f"{DONE}<strong>bold</strong>"),
        ("- [y] no task", "[y] no task"),
        ("- no [x] task", "no [x] task"),
    ],
)
def test_an_item_of_a_list_may_be_a_task(text: str, item: str) -> None:
    assert f"<li>{item}</li>" in reader().render(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See https://a.b/x_y_z?q, or", f"See {link('https://a.b/x_y_z?q')}, or"),
        ("www.example.com.", f"{link('www.example.com', 'http://www.example.com')}."),
        ("(http://a.b/c)", f"({link('http://a.b/c')})"),
        ("http://a.b/c_(d)", link("http://a.b/c_(d)")),
        ("*http://a.b*", f"<em>{link('http://a.b')}</em>"),
        ("[http://a.b](http://c.d)", link("http://a.b", "http://c.d")),
        ("`http://a.b`", "<code>http://a.b</code>"),
        ("http://localhost or ahttp://a.b", "http://localhost or ahttp://a.b"),
    ],
)
def test_an_address_is_a_link_without_what_stands_around_it(text: str, words: str) -> None:
    assert reader().render(text) == f"<p>{words}</p>\n"


def test_tables_and_what_is_struck_are_known() -> None:
    page = reader().render("| a |\n|---|\n| ~~b~~ |")

    assert "<th>a</th>" in page
    assert "<td><s>b</s></td>" in page


@pytest.mark.parametrize("text", ["http://a.b" + ")" * 200_000, "www.a" + ".a" * 100_000, "(www." * 50_000])
def test_no_address_takes_long(text: str) -> None:
    assert reader().render(text)
