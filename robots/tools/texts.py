"""What a warm child does with documents: Markdown, subtitles, a look into office files, and printing a docx alone."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import dxpdf
from markdown_it import MarkdownIt

from robots.base.errors import BadInput
from robots.tools import gfm, plain

MOST_TEXT = 20 << 20
MOST_MEMBERS = 10_000
MOST_BYTES = 500 << 20
SUSPECT, MOST_RATIO = 4 << 20, 200  # from so many bytes on a member may be no more times what it is packed in
WORKBOOK = "xl/workbook.xml"
PICTURE = re.compile(r"(?:word|xl|ppt)/media/.|Pictures/.")  # where documents of either family have theirs
SILENT = ("NOTE", "STYLE", "REGION")
TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?"
CUE = re.compile(rf"^\s*{TIME}\s*-->\s*{TIME}(.*)$")
COMMON = "/?[biu]"  # the tags that both kinds of subtitles have
OF_SRT = re.compile(r"</?font\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
OF_VTT = re.compile(rf"(?<=<[biu])\.[^<>]*(?=>)|<(?!{COMMON}[.>])[^<>]*>")
NO_LETTER = re.compile(r"&#\d{99,};?")  # no letter has so large a number
GITHUB = """body{box-sizing:border-box;max-width:980px;margin:0 auto;padding:45px;color:#1f2328;background:#fff;
font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}
@media print{body{padding:0}}
h1,h2,h3,h4,h5,h6{margin:24px 0 16px;line-height:1.25;font-weight:600}
h1,h2{padding-bottom:.3em;border-bottom:1px solid #d1d9e0b3}h1{font-size:2em}h2{font-size:1.5em}h6{color:#59636e}
p,ul,ol,dl,table,pre,blockquote{margin:0 0 16px}ul,ol{padding-left:2em}a{color:#0969da;text-decoration:none}
blockquote{padding:0 1em;color:#59636e;border-left:.25em solid #d1d9e0}img{max-width:100%}
code{padding:.2em .4em;font:85% ui-monospace,Menlo,Consolas,monospace;background:#818b981f;border-radius:6px}
pre{padding:16px;overflow:auto;background:#f6f8fa;border-radius:6px}pre code{padding:0;background:none}
table{border-collapse:collapse}th,td{padding:6px 13px;border:1px solid #d1d9e0}tr:nth-child(2n){background:#f6f8fa}
hr{height:.25em;margin:24px 0;border:0;background:#d1d9e0}"""


def markdown(source: str, target: str, flavour: str, theme: str) -> None:
    """An HTML page of a Markdown text."""
    reader = gfm.reader() if flavour == "gfm" else MarkdownIt("commonmark", {"html": True})
    style = f"<style>\n{GITHUB}\n</style>\n" if theme == "github" else ""
    head = f'<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<meta charset="utf-8" />\n{style}'
    body = reader.render(_read(Path(source)))
    Path(target).write_text(f"{head}<title></title>\n</head>\n<body>\n{body}</body>\n</html>\n", "utf-8")


def subtitles(source: str, target: str, wanted: str) -> int:
    """Rewrites SRT as WebVTT or the other way, and says how many cues there are."""
    cues = _cues(_read(Path(source)))
    if not cues:
        raise BadInput("There are no subtitles in this file.")
    if wanted == "vtt":
        made = "WEBVTT\n\n" + "\n".join(f"{start} --> {end}\n{_as_vtt(text)}\n" for start, end, text in cues)
    else:
        numbered = enumerate(((s.replace(".", ","), e.replace(".", ","), _as_srt(text)) for s, e, text in cues), 1)
        made = "\n".join(f"{number}\n{start} --> {end}\n{text}\n" for number, (start, end, text) in numbered)
    Path(target).write_text(made, "utf-8")
    return len(cues)


def examine(source: str) -> dict[str, int]:
    """Refuses a packed document that would become far more than it is; tells its pictures, and a workbook's sheets."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
                raise BadInput("The document has more parts, or larger ones, than are allowed.")
            if any(member.file_size > SUSPECT + MOST_RATIO * member.compress_size for member in members):
                raise BadInput("The document is packed so tightly that it cannot be a real one.")
            pictures = sum(bool(PICTURE.match(member.filename)) for member in members)
            return {"sheets": _sheets(archive), "pictures": pictures}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise BadInput("The document is damaged or ends early.") from error


def _sheets(archive: zipfile.ZipFile) -> int:
    if WORKBOOK not in archive.namelist():
        return 1
    with archive.open(WORKBOOK) as workbook:
        return max(1, len(re.findall(rb"<(?:\w+:)?sheet\s", workbook.read(1 << 20))))


def print_docx(source: str, target: str) -> None:
    """A PDF of a docx, where there is no LibreOffice."""
    try:
        dxpdf.convert_file(source, target)
    except Exception as error:  # the library raises its own kinds
        raise BadInput("The document is damaged, or has parts that cannot be printed.") from error


def _read(path: Path) -> str:
    if path.stat().st_size > MOST_TEXT:
        raise BadInput(f"The text has more than the {MOST_TEXT} bytes that are allowed.")
    return plain.read(path)


def _cues(text: str) -> list[tuple[str, str, str]]:
    """Start, end and text of each; settings of WebVTT, its comments and its styles are left out.

    Only in WebVTT does an empty line end a cue; in SRT the times of the next one do.
    """
    if not text.startswith("WEBVTT"):
        return list(_cues_of(text.split("\n")))
    blocks = (block.strip("\n").split("\n") for block in re.split(r"\n\s*\n", text))
    return [cue for block in blocks if not block[0].startswith(SILENT) for cue in _cues_of(block)]


def _cues_of(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    timed = [(at, found) for at, line in enumerate(lines) if (found := CUE.match(line))]
    numbered = any(line.strip().isdigit() for line in lines[: timed[0][0]]) if timed else False
    for (at, found), (end, _) in pairwise([*timed, (len(lines), None)]):
        words = [line for line in lines[at + 1 : end] if line.strip()]
        if numbered and end < len(lines) and words and words[-1].strip().isdigit():
            words.pop()
        assert found is not None
        yield _time(found.groups()[:4]), _time(found.groups()[4:8]), "\n".join(words).replace("-->", "->")


def _as_vtt(text: str) -> str:
    """An &, and what only looks like a tag, would hide what follows it."""
    small = re.sub(r"</?[BIU]>", lambda tag: tag[0].lower(), OF_SRT.sub("", text))
    return re.sub(rf"&|<(?!{COMMON}>)", lambda found: html.escape(found[0]), small)


def _as_srt(text: str) -> str:
    """Without voices, classes and times; players of SRT show entities as they are."""
    return html.unescape(NO_LETTER.sub("", OF_VTT.sub("", text))).replace("-->", "->")


def _time(parts: tuple[str | None, ...]) -> str:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return f"{int(hours):02}:{int(minutes):02}:{int(seconds):02}.{fraction.ljust(3, '0')}"
