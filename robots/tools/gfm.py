"""GitHub's Markdown: beside tables and strikethrough it knows task lists, and addresses without brackets.

The finder of addresses that comes with the parser takes each word with the end of a country for one, such as readme.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TASK = re.compile(r"\[([ xX])\]\s")
# As the specification has it: a domain with a dot, then all up to a blank or a <, but for punctuation at the end.
ADDRESS = re.compile(r"(?<![^\s*_~(])(?:https?://|www\.)[\w-]+(?:\.[\w-]+)+[^\s<]*", re.IGNORECASE)
MARKS = "?!.,:*_~'\""


def reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    made.core.ruler.after("inline", "tasks", _tasks)
    made.core.ruler.after("tasks", "addresses", _addresses)
    return made


def _tasks(state: StateCore) -> None:
    for item, _, words in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        found = TASK.match(words.content) if words.type == "inline" and item.type == "list_item_open" else None
        if found and words.children:
            mark = "" if found[1] == " " else ' checked=""'
            words.children[0].content = words.children[0].content[len(found[0]) :]
            words.children.insert(
                0, Token("html_inline", "", 0, content=f'<input{mark} disabled="" type="checkbox" /> ')
            )


def _addresses(state: StateCore) -> None:
    for words in state.tokens:
        words.children = list(_with_links(words.children)) if words.children else words.children


def _with_links(words: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for word in words:
        inside += word.nesting if word.type in ("link_open", "link_close") else 0
        yield from _linked(word) if word.type == "text" and not inside else [word]


def _linked(text: Token) -> Iterator[Token]:
    end = 0
    for found in ADDRESS.finditer(text.content):
        address = _bare(found[0])
        yield _text(text.content[end : found.start()])
        target = address if address[:4].lower() == "http" else f"http://{address}"
        yield Token("link_open", "a", 1, attrs={"href": target})
        yield _text(address)
        yield Token("link_close", "a", -1)
        end = found.start() + len(address)
    yield _text(text.content[end:])


def _bare(address: str) -> str:
    """Without what belongs to the sentence around it, such as a bracket that was opened before."""
    end, spare = len(address), address.count(")") - address.count("(")
    while (last := address[end - 1]) in MARKS or (last == ")" and spare > 0):
        end -= 1
        spare -= last == ")"
    return address[:end]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
