"""What may be attached, by its bytes; photos without what their camera wrote in."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mih.core.errors import Invalid
from mih.field.sync.stripping import LARGEST_SIDE, clean
from tests.field.attachments.tools import CANARY, photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", [1, 6])
def test_nothing_of_the_camera_stays_and_the_picture_does(kind: str, turned: int) -> None:
    raw = photo(320, 200, kind=kind, turned=turned)
    found = clean(raw)
    assert found.mime == f"image/{kind.lower()}"
    assert (found.width, found.height) == ((320, 200) if turned == 1 else (200, 320))
    assert CANARY.encode() not in found.content
    kept = Image.open(io.BytesIO(found.content))
    assert kept.size == (found.width, found.height)
    assert not dict(kept.getexif())
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background"}
    seen = Image.open(io.BytesIO(raw))
    seen = seen.transpose(Image.Transpose.ROTATE_270) if turned == 6 else seen
    small = (16, 16)
    before, after = (each.convert("L").resize(small).tobytes() for each in (seen, kept))
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) < 16


def test_a_photo_cleaned_once_is_clean() -> None:
    once = clean(photo())
    assert clean(once.content).mime == once.mime


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA", "L"])
def test_pictures_of_other_kinds_of_pixels_are_kept(mode: str) -> None:
    made = io.BytesIO()
    Image.effect_noise((60, 40), 50).convert("RGB").convert(mode).save(made, "PNG")
    assert (clean(made.getvalue()).width, clean(made.getvalue()).height) == (60, 40)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(90),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"MZ" + bytes(900),
        b"%PDF-1.7 without an end",
    ],
)
def test_anything_else_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"Attach|Take it again"):
        clean(content)


def test_a_pdf_is_kept_as_it_is() -> None:
    document = b"%PDF-1.7\nbody\n%%EOF\n"
    found = clean(document)
    assert (found.content, found.mime, found.width) == (document, "application/pdf", 0)


def test_a_picture_made_to_fill_the_memory_is_refused() -> None:
    made = io.BytesIO()
    Image.new("L", (LARGEST_SIDE + 1, 10)).save(made, "PNG")
    with pytest.raises(Invalid, match="larger than"):
        clean(made.getvalue())


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 2000), at=st.integers(0, 3000), bit=st.integers(0, 7))
def test_a_damaged_photo_is_refused_or_still_clean(cut: int, at: int, bit: int) -> None:
    raw = bytearray(photo(96, 64))
    raw[at % len(raw)] ^= 1 << bit
    try:
        found = clean(bytes(raw[:-cut] if cut < len(raw) else raw))
    except Invalid:
        return
    assert CANARY.encode() not in found.content
