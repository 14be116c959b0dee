"""Headers with parameters, `value; name="…"`, as the parts of a form have them."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

# A quoted string may hold semicolons; a lone backslash in it is a folder of Windows, not an escape.
PARAMETER = re.compile(r';\s*([!#$%&\'*+.^_`|~\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.ASCII)


def read(header: str) -> tuple[str, dict[str, str]]:
    """The value and its parameters, names in lower case; the `name*` of RFC 5987 wins. Raises ValueError."""
    value, _, _ = header.partition(";")
    parameters: dict[str, str] = {}
    for name, raw in PARAMETER.findall(header[len(value) :]):
        if name.lower() in parameters:
            raise ValueError(f"the parameter {name} comes twice")
        parameters[name.lower()] = _extended(raw.strip()) if name.endswith("*") else _plain(raw.strip())
    international = {name[:-1]: told for name, told in parameters.items() if name.endswith("*")}
    return value.strip().lower(), parameters | international


def _plain(raw: str) -> str:
    if len(raw) < 2 or not (raw.startswith('"') and raw.endswith('"')):
        return raw
    # Browsers write a quote as %22, curl and Go write it as \".
    return re.sub(r'\\(["\\])', r"\1", raw[1:-1]).replace("%22", '"')


def _extended(raw: str) -> str:
    charset, _, rest = raw.strip('"').partition("'")
    _, mark, escaped = rest.partition("'")
    if not mark:
        raise ValueError("an international parameter without its charset")
    try:
        return unquote_to_bytes(escaped).decode(charset)
    except LookupError as error:
        raise ValueError(f"unknown charset {charset[:20]}") from error
