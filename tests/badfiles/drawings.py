"""Drawings that reach for files and addresses, or that never end."""
# ruff: noqa: E501 - each line of the table is one file.

from __future__ import annotations

import base64

from tests.badfiles.bad import Bad, Canary, Kind, fixed
from tests.badfiles.deflate import gzipped

KINDS = {
    "svg-reference": Kind(63, "A drawing that shows files of the server or its neighbours."),
    "svg-entity": Kind(63, "An entity that is a file or an address.", "librsvg's parser loads no entities from outside."),
    "svg-style": Kind(63, "A style sheet that lies elsewhere.", "librsvg loads style sheets only from beside a file."),
    "svg-disguised": Kind(63, "A drawing under the name of another kind of picture."),
    "svg-script": Kind(63, "Script and pages in a drawing.", "librsvg runs nothing."),
    "svg-entities": Kind(64, "Entities of entities, which fill the memory.", "libxml2 stops entities that multiply."),
    "svg-use-tree": Kind(64, "Each group shows the one before it twice."),
    "svg-filter": Kind(64, "Filters that take for ever over a large area."),
    "svg-deep": Kind(64, "Groups within groups, deeper than a stack.", "libxml2 stops at a depth of 256."),
    "svg-dims": Kind(60, "A drawing as large as a field."),
    "svgz-bomb": Kind(64, "A drawing that inflates without end."),
    "svg-cycle": Kind(64, "Parts that refer to themselves.", "librsvg follows no circles."),
}  # fmt: skip
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{0}" height="{0}">'


def svg(body: str, *, before: str = "", size: str = "64") -> bytes:
    return f"{before}{HEAD.format(size)}{body}</svg>\n".encode()


def _entity(told: str, shown: str = "&x;") -> bytes:
    return svg(f'<text x="1" y="20">{shown}</text>', before=f'<?xml version="1.0"?>\n<!DOCTYPE svg [{told}]>\n')


def _laughs(depth: int, width: int) -> bytes:
    lines = ['<!ENTITY a0 "lol">', *(f'<!ENTITY a{n + 1} "{f"&a{n};" * width}">' for n in range(depth))]
    return _entity("".join(lines), f"&a{depth};")


def _tree(depth: int, width: int = 2) -> bytes:
    groups = "".join(f'<g id="g{n + 1}">{f"""<use xlink:href="#g{n}"/>""" * width}</g>' for n in range(depth))
    return svg(f'<defs><rect id="g0" width="9" height="9"/>{groups}</defs><use xlink:href="#g{depth}"/>')


def _filters(count: int, size: int, what: str) -> bytes:
    return svg(
        f'<filter id="f" x="0" y="0" width="1" height="1">{what * count}</filter>'
        f'<rect width="{size}" height="{size}" filter="url(#f)"/>',
        size=str(size),
    )


def _inside(canary: Canary) -> bytes:
    """A drawing in a drawing, whose own place may be another."""
    inner = base64.b64encode(svg(f'<image xlink:href="{canary.file("png")}" width="9" height="9"/>')).decode()
    return svg(f'<image xlink:href="data:image/svg+xml;base64,{inner}" width="64" height="64"/>')


def _shown(address: str) -> bytes:
    return svg(f'<image xlink:href="{address}" width="64" height="64"/>')


FILES = (
    Bad("svg-image-file.svg", "svg-reference", lambda c: _shown(c.file("png"))),
    Bad("svg-image-path.svg", "svg-reference", lambda c: _shown(c.path("png"))),
    Bad("svg-image-http.svg", "svg-reference", lambda c: _shown(c.url("image.png"))),
    Bad("svg-use-external.svg", "svg-reference", lambda c: svg(f'<use xlink:href="{c.file("svg")}#a"/>')),
    Bad("svg-feimage.svg", "svg-reference", lambda c: svg(f'<filter id="f"><feImage xlink:href="{c.file("png")}"/></filter><rect width="64" height="64" filter="url(#f)"/>')),
    Bad("svg-fill-url.svg", "svg-reference", lambda c: svg(f'<rect width="64" height="64" fill="url({c.url("fill.svg")}#a)"/>')),
    Bad("svg-xinclude.svg", "svg-reference", lambda c: svg(f'<text y="20"><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{c.file()}"/></text>')),
    Bad("svg-nested.svg", "svg-reference", _inside),
    Bad("svg-image-msl.svg", "svg-reference", lambda c: _shown(f"msl:{c.path()}")),
    Bad("svg-image-text.svg", "svg-reference", lambda c: _shown(f"text:{c.path()}")),
    Bad("svg-xxe.svg", "svg-entity", lambda c: _entity(f'<!ENTITY x SYSTEM "{c.file()}">')),
    Bad("svg-xxe-http.svg", "svg-entity", lambda c: _entity(f'<!ENTITY x SYSTEM "{c.url("entity")}">')),
    Bad("svg-xxe-parameter.svg", "svg-entity", lambda c: _entity(f'<!ENTITY % x SYSTEM "{c.url("parameter.dtd")}">%x;', "")),
    Bad("svg-dtd.svg", "svg-entity", lambda c: svg("", before=f'<?xml version="1.0"?><!DOCTYPE svg SYSTEM "{c.url("svg.dtd")}">')),
    Bad("svg-css-import.svg", "svg-style", lambda c: svg(f'<style>@import url("{c.url("style.css")}");</style><rect width="9" height="9"/>')),
    Bad("svg-css-font.svg", "svg-style", lambda c: svg(f'<style>@font-face{{font-family:x;src:url("{c.url("font.woff")}")}}</style><text y="20" font-family="x">x</text>')),
    Bad("svg-pi-stylesheet.svg", "svg-style", lambda c: svg("", before=f'<?xml version="1.0"?><?xml-stylesheet href="{c.file("css")}"?>')),
    Bad("svg-named.png", "svg-disguised", lambda c: _shown(c.file("png"))),
    Bad("svg-named.jpg", "svg-disguised", lambda c: _shown(c.url("named.png"))),
    Bad("svg-script.svg", "svg-script", lambda c: svg(f'<script>fetch("{c.url("script")}")</script><rect onload="fetch(\'{c.url("load")}\')" width="9" height="9"/>')),
    Bad("svg-foreign.svg", "svg-script", lambda c: svg(f'<foreignObject width="64" height="64"><iframe xmlns="http://www.w3.org/1999/xhtml" src="{c.file()}"/></foreignObject>')),
    fixed("svg-billion-laughs.svg", "svg-entities", lambda: _laughs(9, 10)),
    fixed("svg-quadratic.svg", "svg-entities", lambda: _entity(f'<!ENTITY x "{"x" * 50_000}">', "&x;" * 20_000)),
    fixed("svg-use-tree.svg", "svg-use-tree", lambda: _tree(30)),
    fixed("svg-use-wide.svg", "svg-use-tree", lambda: _tree(7, 10)),
    fixed("svg-filter-blur.svg", "svg-filter", lambda: _filters(400, 3000, '<feGaussianBlur stdDeviation="500"/>')),
    fixed("svg-filter-turbulence.svg", "svg-filter", lambda: _filters(60, 3000, '<feTurbulence baseFrequency="0.9" numOctaves="999"/>')),
    fixed("svg-filter-morphology.svg", "svg-filter", lambda: _filters(20, 3000, '<feMorphology radius="1500" operator="dilate"/>')),
    fixed("svg-deep.svg", "svg-deep", lambda: svg("<g>" * 100_000 + "</g>" * 100_000)),
    fixed("svg-dims.svg", "svg-dims", lambda: svg("", size="2000000")),
    fixed("svg-dims-percent.svg", "svg-dims", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="1e308" height="1e308" viewBox="0 0 1e308 1e-308"/>'),
    fixed("svgz-bomb.svgz", "svgz-bomb", lambda: gzipped(b" " * (1 << 20), 200, svg("")[:-7], b"</svg>")),
    fixed("svgz-bomb.svg", "svgz-bomb", lambda: gzipped(b"<g/>" * (1 << 18), 64, svg("")[:-7], b"</svg>")),
    fixed("svg-pattern-cycle.svg", "svg-cycle", lambda: svg('<pattern id="p" width="9" height="9"><rect width="9" height="9" fill="url(#p)"/></pattern><rect width="64" height="64" fill="url(#p)"/>')),
    fixed("svg-use-self.svg", "svg-cycle", lambda: svg('<g id="a"><use xlink:href="#a"/></g>')),
    fixed("svg-mask-cycle.svg", "svg-cycle", lambda: svg('<mask id="m"><rect width="9" height="9" mask="url(#m)"/></mask><rect width="64" height="64" mask="url(#m)"/>')),
)  # fmt: skip
