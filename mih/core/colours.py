"""Readable colours from the one an agency chooses: WCAG 2.2 contrast, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

WHITE, BLACK = "#ffffff", "#000000"
READABLE = 4.5
"""Contrast of text at level AA."""


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21, of two colours written `#rrggbb`."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """White or black, whichever reads better on `colour`."""
    return max(WHITE, BLACK, key=lambda ink: contrast(ink, colour))


def readable_on(ground: str, colour: str) -> str:
    """`colour`, darkened in small steps, at most to black, until it reads as text on `ground`."""
    while contrast(colour, ground) < READABLE and colour != "#000000":
        colour = "#" + "".join(f"{int(channel * 0.94):02x}" for channel in _channels(colour))
    return colour
