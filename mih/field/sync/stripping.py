"""What an attachment may be, judged by its bytes and not by its name, and a photo without what its camera wrote in."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from mih.core.errors import Invalid

LARGEST_SIDE = 8000
"""Pixels. A tablet sends 1600; more than this is no photo of ours, or a picture made to fill our memory."""

_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_UPRIGHT = 1
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Clean:
    """An attachment that may be kept: `width` and `height` in pixels, 0 for a document."""

    content: bytes
    mime: str
    width: int
    height: int


def clean(content: bytes) -> Clean:
    """`content` if it is a JPEG, PNG, WebP or PDF; a photo turned upright and without metadata.

    Place, camera, time and thumbnail (EXIF, XMP, IPTC, comments, text chunks, colour profiles) are gone. A JPEG that
    stood upright keeps its own quality. Raises `Invalid` for anything else, for a picture
    that cannot be decoded to its end, and for one over `LARGEST_SIDE`.
    """
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise _unreadable("The document ends too early.")
        return Clean(content, "application/pdf", 0, 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as picture:
                return _photo(picture)
    except UnidentifiedImageError as error:
        raise Invalid(
            "This is no photo and no PDF. Attach a JPEG, PNG, WebP or PDF file.", code="not_a_photo"
        ) from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise _unreadable("The photo is damaged or too large to open.") from error


def _photo(picture: Image.Image) -> Clean:
    if max(picture.size) > LARGEST_SIDE:
        raise _unreadable(f"The photo is larger than {LARGEST_SIDE} pixels.")
    kind = str(picture.format)
    turned = picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT
    picture.load()
    upright = ImageOps.exif_transpose(picture) if turned else picture
    size = upright.size
    if kind == "JPEG" and not turned:
        options: dict[str, object] = {"quality": "keep"}
    else:
        # The pixels alone: a new picture has nothing of what stood beside them.
        pixels = upright.convert("RGBA") if upright.mode == "P" else upright
        bare = Image.new(pixels.mode, size)
        bare.paste(pixels)
        upright, options = bare, {"quality": 90}
    made = io.BytesIO()
    upright.info.clear()
    upright.save(made, kind, exif=b"", icc_profile=None, **options)
    return Clean(made.getvalue(), _FORMATS[kind], *size)


def _unreadable(what: str) -> Invalid:
    return Invalid(f"{what} Take it again and attach the new one.", code="unreadable")
