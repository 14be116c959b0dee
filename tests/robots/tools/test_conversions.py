"""Which ways lead from one format to another."""

from typing import get_args

import pytest

from robots.base.file import File
from robots.document.convert import DocumentConvertParams, Format
from robots.tools.conversions import DEAD, SOURCES, kind, office_kind, route


@pytest.mark.parametrize(
    ("source", "wanted", "ways"),
    [
        ("docx", "pdf", ["office"]),
        ("md", "pdf", ["markdown", "browser"]),
        ("md", "html", ["markdown"]),
        ("html", "pdf", ["browser"]),
        ("html", "md", ["pandoc"]),
        ("latex", "pdf", ["pandoc", "browser"]),
        ("md", "doc", ["pandoc", "office"]),
        ("doc", "md", ["office", "pandoc"]),
        ("docx", "xml", ["pandoc"]),
        ("doc", "xml", ["office", "pandoc"]),
        ("xlsx", "csv", ["office"]),
        ("pptx", "pdf", ["office"]),
        ("srt", "vtt", ["subtitles"]),
        ("svg", "png", ["picture"]),
        ("svg", "eps", ["picture"]),
        ("svg", "ps", ["picture", "ghostscript"]),
        ("ps", "pdf", ["ghostscript"]),
        ("eps", "png", ["ghostscript", "picture"]),
        ("eps", "ps", ["ghostscript", "ghostscript"]),
        ("docx", "ps", ["office", "ghostscript"]),
        ("md", "eps", ["markdown", "browser", "ghostscript"]),
        ("ai", "pdf", ["ghostscript"]),
        ("ai", "eps", ["ghostscript"]),
        ("ai", "png", ["picture"]),
        ("ai", "svg", ["poppler"]),
        ("eps", "svg", ["ghostscript", "poppler"]),
        ("jpg", "svg", ["picture"]),
    ],
)
def test_formats_of_one_family_are_connected(source: str, wanted: str, ways: list[str]) -> None:
    hops = route(source, wanted)

    assert [engine for engine, _ in hops] == ways
    assert hops[-1][1] == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        *(("docx", "xlsx"), ("srt", "pdf"), ("png", "docx"), ("xlsx", "md"), ("pdf", "docx"), ("md", "mp4")),
        *(
            ("ps", "docx"),
            ("srt", "eps"),
            ("docx", "ai"),
            ("oda", "pdf"),
            ("oda", "ps"),
            ("odt", "oda"),
            ("odd", "pdf"),
            ("docx", "svg"),
            ("md", "svg"),
            ("svg", "svg"),
            ("vtt", "svg"),
        ),
    ],
)
def test_no_way_leads_out_of_a_family(source: str, wanted: str) -> None:
    assert route(source, wanted) == []


@pytest.mark.parametrize(("source", "ways"), [("svg", ["picture"]), ("ps", ["ghostscript"]), ("ai", ["ghostscript"])])
def test_a_file_of_illustrator_is_written_as_the_pdf_that_it_is(source: str, ways: list[str]) -> None:
    assert [engine for engine, _ in route(source, "ai")] == ways
    assert route(source, "ai") == route(source, "pdf")


def test_what_never_is_a_result_is_what_the_robot_says_of_itself() -> None:
    never = {wanted for wanted in get_args(Format) if not any(route(source, wanted) for source in SOURCES)}
    told = DocumentConvertParams.model_fields["format"].description or ""

    drawn = {source for source in SOURCES if route(source, "svg")}

    assert never == {"oda", "odd", "ppz"}
    assert "none an oda, odd or ppz." in told
    assert drawn == {"ai", "eps", "gif", "jpeg", "jpg", "png", "ps"}
    assert told.endswith("drawings: ai, eps, gif, jpg, png and ps.")
    assert {source for source in SOURCES if not any(route(source, wanted) for wanted in get_args(Format))} == DEAD


@pytest.mark.parametrize(
    ("name", "mime", "found"),
    [
        ("a.md", "text/markdown", "md"),
        ("a.tex", "text/x-tex", "latex"),
        ("a.doc", "application/msword", "doc"),
        ("a.doc", "application/pdf", ""),
        ("a.ai", "application/pdf", "ai"),
        ("a.ai", "application/postscript", "eps"),
        ("a.ai", "image/x-eps", "eps"),
        ("a.eps", "application/pdf", ""),
        ("a.bin", "image/png", "png"),
        ("a", "text/html", "html"),
        ("a.eps", "application/postscript", "eps"),
        ("a.txt", "application/x-subrip", "srt"),
        ("a.zip", "application/zip", ""),
    ],
)
def test_the_bytes_decide_what_a_document_is_and_the_name_where_they_cannot(name: str, mime: str, found: str) -> None:
    assert kind(File("", name, mime=mime)) == found
    assert found in SOURCES | {""}


@pytest.mark.parametrize(
    ("name", "mime", "found"),
    [
        ("a.doc", "application/msword", "doc"),
        ("unnamed", "application/vnd.oasis.opendocument.presentation", "odp"),
        ("a.ods", "application/vnd.oasis.opendocument.spreadsheet", "ods"),
        ("a.csv", "text/csv", "csv"),
        ("a.txt", "text/plain", ""),
        ("a.doc", "application/pdf", ""),
        ("a.svg", "image/svg+xml", ""),
    ],
)
def test_an_office_opens_letters_tables_and_slides(name: str, mime: str, found: str) -> None:
    assert office_kind(File(id="1", name=name, mime=mime, original_id="1", original_name=name)) == found
