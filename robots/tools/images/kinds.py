"""What kind of picture a file is, told by its first bytes and never by its name."""

from __future__ import annotations

from pathlib import Path

from robots.base.errors import BadInput

HEAD = 64 * 1024

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL ", "jxl"),
    (b"\0\0\0\x0cjP  ", "jpeg2000"),
    (b"\xff\x4f\xff\x51", "jpeg2000"),
    (b"BM", "bmp"),
    (b"\0\0\x01\0", "ico"),
    (b"icns", "icns"),
    (b"8BPS", "psd"),
    (b"DDS ", "dds"),
    (b"qoif", "qoi"),
    (b"\x01\xda", "sgi"),
    *((bytes((10, version, 1)), "pcx") for version in (0, 2, 3, 5)),
    (b"P1", "ppm"),
    (b"P2", "ppm"),
    (b"P3", "ppm"),
    (b"P4", "ppm"),
    (b"P5", "ppm"),
    (b"P6", "ppm"),
)
HEIF = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


def kind_of(path: Path) -> str:
    """One word for the format; BadInput if it is no picture that can be read."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise BadInput("The file is empty.")
    kind = _boxed(head) or _started(head) or _written(head)
    if kind is None:
        # TGA has no mark at its beginning, so its own library decides.
        return "tga"
    return "apng" if kind == "png" and b"acTL" in head[: head.find(b"IDAT")] else kind


def _boxed(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    if head[8:12] == b"avis":
        return "avis"
    if b"avif" in brands:
        return "avif"
    return "heic" if brands & HEIF else None


def _started(head: bytes) -> str | None:
    return next((kind for start, kind in STARTS if head.startswith(start)), None)


def _written(head: bytes) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return "svg" if b"<svg" in head else None
