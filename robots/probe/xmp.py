"""What photo programs noted in an image, as XMP."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from robots.probe.text import clean, kept, moment

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
XAP = "{http://ns.adobe.com/xap/1.0/}"
MOST = 1 << 20
KEYWORDS = 200

FIELDS = {
    "title": DC + "title",
    "description": DC + "description",
    "creator": DC + "creator",
    "rights": DC + "rights",
    "city": PHOTOSHOP + "City",
    "state": PHOTOSHOP + "State",
    "country": PHOTOSHOP + "Country",
    "country_code": CORE + "CountryCode",
    "location": CORE + "Location",
}


def read(packet: bytes) -> dict[str, Any]:
    """The keys in a packet; one that is damaged, hostile or huge has none."""
    if not packet or len(packet) > MOST:
        return {}
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n\t"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return {}
    values = _values(root)
    words: dict[str, Any] = {key: next(iter(values.get(tag, [])), None) for key, tag in FIELDS.items()}
    words["keywords"] = [word[:100] for word in values.get(DC + "subject", [])[:KEYWORDS]]
    words["date_recorded"] = moment(next(iter(values.get(XAP + "CreateDate", [])), None))
    return kept(words)


def _values(root: Element) -> dict[str, list[str]]:
    """Every property of every description: written as an attribute, a text, or a list."""
    found: dict[str, list[str]] = {}
    for description in root.iter(RDF + "Description"):
        for tag, text in description.attrib.items():
            found.setdefault(tag, []).extend(filter(None, [clean(text)]))
        for item in description:
            texts = [entry.text for entry in item.iter(RDF + "li")] or [item.text]
            found.setdefault(item.tag, []).extend(filter(None, map(clean, texts)))
    return found
