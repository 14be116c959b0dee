"""An office file in one piece of XML that fetches what lies elsewhere and has a macro which runs when it is opened."""
# ruff: noqa: E501 - the pieces of the document are whole elements.

from __future__ import annotations

from tests.badfiles.bad import Canary

WROTE, STARTED, RAN = "written-by-a-macro", "written-by-its-program", "a macro was here"


def fodt(canary: Canary) -> bytes:
    return (
        '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" office:version="1.2" office:mimetype='
        f'"application/vnd.oasis.opendocument.text">{_macro(canary)}<office:body><office:text><text:section text:name="a">'
        f'<text:section-source xlink:href="{canary.file()}" xlink:type="simple"/></text:section><text:p>'
        f'<draw:frame text:anchor-type="as-char" svg:width="1cm" svg:height="1cm"><draw:image xlink:href='
        f'"{canary.url("flat.png")}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
        "</office:text></office:body></office:document>\n"
    ).encode()


def _macro(canary: Canary) -> str:
    """Runs when the document is opened, where the security of macros is low."""
    spaces = 'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:ooo="http://openoffice.org/2004/office" xmlns:dom="http://www.w3.org/2001/xml-events"'
    code = (
        f'Sub Go\nOpen "{canary.folder}/{WROTE}" For Output As #1\nPrint #1, "a"\nClose #1\n'
        f'Shell("/bin/sh", 6, "-c \'echo a &gt; {canary.folder}/{STARTED}\'", True)\nThisComponent.Text.String = "{RAN}"\nEnd Sub'
    )
    return (
        f'<office:scripts {spaces}><office:script script:language="ooo:Basic"><ooo:libraries><ooo:library-embedded ooo:name="Standard">'
        f'<ooo:module ooo:name="M"><ooo:source-code>{code}</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script>'
        '<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" '
        'xlink:href="vnd.sun.star.script:Standard.M.Go?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners></office:scripts>'
    )
