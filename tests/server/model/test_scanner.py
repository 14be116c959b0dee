"""Variables are found in a text, whatever JavaScript they hold."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model.scanner import Variable, scan


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("plain $ { } text", ["plain $ { } text"]),
        ("${file.name}", [Variable("file.name")]),
        ("a/${file.id}.${file.ext}", ["a/", Variable("file.id"), ".", Variable("file.ext")]),
        ("$${a}}", ["$", Variable("a"), "}"]),
        ("${}", [Variable("")]),
        ("${{a: {b: 1}}.a.b}!", [Variable("{a: {b: 1}}.a.b"), "!"]),
        ("${'}'}", [Variable("'}'")]),
        (r"${'\'}' + \"}\"}", None),
        ('${"}\\"}" + 1}', [Variable('"}\\"}" + 1')]),
        ("${`a${`b${'}'}`}}`}.", [Variable("`a${`b${'}'}`}}`"), "."]),
        ("${`$ { \\` \\${ }`}", [Variable("`$ { \\` \\${ }`")]),
        ("${a /* } */ + b}", [Variable("a /* } */ + b")]),
        ("${a // }\n}", [Variable("a // }\n")]),
        ("${name.replace(/[}'\"/]/g, '')}", [Variable("name.replace(/[}'\"/]/g, '')")]),
        ("${/}/.test(a)}", [Variable("/}/.test(a)")]),
        ("${a / 2 + b / 3}${c}", [Variable("a / 2 + b / 3"), Variable("c")]),
        ("${(a) / 2 + '}' / b[0] / 1}", [Variable("(a) / 2 + '}' / b[0] / 1")]),
        ("${[1,2].map(x => { return x })}", [Variable("[1,2].map(x => { return x })")]),
    ],
)
def test_braces_strings_templates_comments_and_patterns_are_understood(
    text: str, pieces: list[str | Variable] | None
) -> None:
    assert scan(text) == (pieces if pieces is not None else [text])


@pytest.mark.parametrize("text", ["${", "${a", "a${'}", "${`}", "${/* }", "${/[}", "a ${x + { } b", "${a\\", "${`\\"])
def test_what_is_never_closed_stays_as_it_is(text: str) -> None:
    assert scan(text) == [text]


def test_variables_before_an_open_one_are_found() -> None:
    assert scan("${a} and ${b") == [Variable("a"), " and ${b"]


@given(
    st.lists(st.sampled_from(["${", "}", "{", "'", '"', "`", "/", "*", "\\", "[", "a", " ", "\n", "$"])).map("".join)
)
def test_the_pieces_together_are_the_text(text: str) -> None:
    together = "".join(piece if isinstance(piece, str) else f"${{{piece.source}}}" for piece in scan(text))

    assert together == text


@settings(deadline=None)  # a busy machine makes single examples slow
@given(st.text(st.characters(exclude_characters="$")), st.from_regex(r"[a-z.]{1,9}", fullmatch=True), st.text("abc }{"))
def test_a_variable_is_found_between_other_texts(before: str, source: str, after: str) -> None:
    pieces = scan(f"{before}${{{source}}}{after}")

    assert Variable(source) in pieces


@pytest.mark.parametrize("bomb", ["${", "${'", "${\\'", "${/[", "${/*", "${`${", "${a / ", "${{", "/ "])
def test_hostile_texts_take_linear_time(bomb: str) -> None:
    text = "${" + bomb * 100_000

    began = time.process_time()
    scan(text)

    assert time.process_time() - began < 3
