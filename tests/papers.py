"""Minimal documents by hand: a PDF, and the members of office files."""

from __future__ import annotations

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"

MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def paper(pages: int, text: str) -> bytes:
    """A PDF of A4 pages; each shows the text, line by line, and its number."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (A paper) /Author (Ada) /Producer (by hand) /CreationDate (D:20200109120208Z) >>",
    ]
    for number in range(pages):
        objects += _page(number, f"{text}\nPage {number + 1}")
    return _numbered(objects)


def office(kind: str, text: str) -> dict[str, bytes]:
    """The members of a docx, xlsx or pptx, main part and all that it needs."""
    main, content_type = MAIN[kind]
    members = {
        "[Content_Types].xml": _content_types(main, content_type),
        "_rels/.rels": _links({"rId1": ("officeDocument", main)}),
    }
    if kind == "docx":
        body = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        return {**members, main: f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()}
    if kind == "xlsx":
        return {**members, **_workbook(main, text)}
    size = '<p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>'
    return {**members, main: f'<p:presentation xmlns:p="{SLIDE}">{size}</p:presentation>'.encode()}


def _page(number: int, text: str) -> list[bytes]:
    """A page and its content stream."""
    lines = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in text.splitlines())
    stream = f"BT /F1 24 Tf 30 TL 72 720 Td {' '.join(f'({line}) Tj T*' for line in lines)} ET".encode(
        "latin-1", "replace"
    )
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        f"/Resources << /Font << /F1 3 0 R >> >> /Contents {6 + 2 * number} 0 R >>"
    )
    return [page.encode(), b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)]


def _numbered(objects: list[bytes]) -> bytes:
    """The objects one after another, and the table that says where each starts."""
    made = bytearray(b"%PDF-1.4\n")
    table = b"0000000000 65535 f \n"
    for number, item in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    trailer = b"<< /Size %d /Root 1 0 R /Info 4 0 R >>" % (len(objects) + 1)
    made += b"xref\n0 %d\n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, trailer, len(made))
    return bytes(made)


def _content_types(main: str, content_type: str) -> bytes:
    sheet = f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{OFFICE}spreadsheetml.worksheet+xml"/>'
    return (
        f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{OFFICE}{content_type}"/>{sheet if "xl/" in main else ""}</Types>'
    ).encode()


def _links(targets: dict[str, tuple[str, str]]) -> bytes:
    links = "".join(
        f'<Relationship Id="{name}" Type="{KINDS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{LINKS}">{links}</Relationships>'.encode()


def _workbook(main: str, text: str) -> dict[str, bytes]:
    cell = f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'
    return {
        main: (
            f'<workbook xmlns="{SHEET}" xmlns:r="{KINDS}"><sheets><sheet name="One" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": _links({"rId1": ("worksheet", "worksheets/sheet1.xml")}),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
        ).encode(),
    }
