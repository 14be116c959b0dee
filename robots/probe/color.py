"""The colours of a small image."""

from __future__ import annotations

from PIL import Image, ImageStat

from robots.tools.images.average import hexadecimal

DOMINANT = 10


def average(image: Image.Image) -> str:
    """The mean colour, #rrggbb; what is transparent does not count."""
    mask = image.getchannel("A") if image.mode == "RGBA" else None
    if mask is not None and not mask.getbbox():
        return "#000000"
    if mask is None:
        return hexadecimal(ImageStat.Stat(image).mean)
    weights = ImageStat.Stat(mask).sum[0]
    black = Image.new("RGB", image.size)
    seen = ImageStat.Stat(Image.composite(image.convert("RGB"), black, mask)).sum
    return hexadecimal(total * 255 / weights for total in seen)


def dominant(image: Image.Image) -> list[str]:
    """At most ten colours, the most frequent first; what is transparent does not count."""
    seen = _opaque(image)
    few = seen.quantize(DOMINANT, Image.Quantize.MEDIANCUT)
    palette = few.getpalette() or []
    counted = sorted(((count, index) for count, index in few.getcolors() or [] if isinstance(index, int)), reverse=True)
    colors = (hexadecimal(palette[3 * index : 3 * index + 3]) for _, index in counted)
    return list(dict.fromkeys(colors))


def _opaque(image: Image.Image) -> Image.Image:
    """The pixels that can be seen, in one row."""
    colors = image.convert("RGB")
    if image.mode != "RGBA":
        return colors
    raw, alpha = colors.tobytes(), image.getchannel("A").tobytes()
    pixels = b"".join(raw[3 * at : 3 * at + 3] for at, value in enumerate(alpha) if value > 127)
    return Image.frombytes("RGB", (len(pixels) // 3, 1), pixels) if pixels else colors
