"""The tablet's one document and what it needs without a network: the same for everybody, so a tablet may keep it."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

TEMPLATE: Final = "field/tablet/shell.html"
NEEDED: Final = (
    "theme/main.js",
    "css/desk.css",
    "tablet/main.css",
    "tablet/main.js",
    "icons.svg",
    "mark.svg",
)
"""Files of the shell, by the names templates give them. Fonts are added as they were built."""

PARTS: Final = "tablet/parts.json"
"""Names the files that tablet/main.js is split into, as scripts/build.mjs writes them; `first` are those it opens with."""

FONT: Final = "inter-latin-wght-*.woff2"
"""The face of every screen. Letters beyond Latin-1 come in a second file, which is kept once a name needed it."""


@dataclass(frozen=True)
class Asset:
    """A file the worker keeps: its address, and the digest the browser checks it by (`sha256-…`), empty when it is not
    a file but told by the server."""

    url: str
    integrity: str = ""


@dataclass(frozen=True)
class Build:
    """One state of the shell. `id` changes with every byte of the document, a file or the worker."""

    id: str
    html: str
    worker: str
    assets: tuple[Asset, ...]

    @property
    def script(self) -> str:
        """The service worker: what it keeps, then its code."""
        known = {
            "build": self.id,
            "shell": reverse("field-shell"),
            "home": reverse("field-today"),
            "bundle": reverse("field-bundle"),
            "assets": [[asset.url, asset.integrity] for asset in self.assets],
        }
        return f"self.MIH = {json.dumps(known, separators=(',', ':'))};\n{self.worker}"


def build() -> Build:
    """The shell as this process serves it. Raises `FileNotFoundError` before the browser code was built."""
    if settings.DEBUG:
        _build.cache_clear()
    return _build()


@lru_cache(maxsize=1)
def _build() -> Build:
    fonts = sorted(f"assets/{path.name}" for path in _folder("assets").glob(FONT))
    assets = [_asset(name) for name in (*NEEDED, *fonts)]
    # Fragments of forms name symbols by the sheet's plain address, which outlives a change of the sheet.
    plain = Asset(f"{settings.STATIC_URL}icons.svg", assets[NEEDED.index("icons.svg")].integrity)
    colours = (
        f"{reverse('agency-css')}?v={_digest(f'{settings.AGENCY_COLOUR}{settings.AGENCY_ACCENT_COLOUR}')}"
    )
    listed = json.loads(_content(PARTS))
    parts = [_part(name) for name in listed["parts"]]
    first = [part.url for name, part in zip(listed["parts"], parts, strict=True) if name in listed["first"]]
    every = tuple(dict.fromkeys([*assets, plain, *parts, Asset(colours)]))
    worker = _content("tablet/sw.js").decode()
    unnamed = _document("", colours, first)
    identity = _digest(json.dumps([unnamed, worker, [[each.url, each.integrity] for each in every]]))
    return Build(identity, _document(identity, colours, first), worker, every)


def _document(build_id: str, colours: str, first: list[str]) -> str:
    """Rendered without a request: nothing of whoever asks can get in."""
    context: dict[str, Any] = {
        "build": build_id,
        "colour": settings.AGENCY_COLOUR,
        "colours": colours,
        "first": first,
        "agency": {
            "name": settings.AGENCY_NAME,
            "short_name": settings.AGENCY_SHORT_NAME,
            "phone": settings.AGENCY_PHONE,
            "hours": settings.AGENCY_HOURS,
            "zone": settings.AGENCY_ZONE,
        },
    }
    return render_to_string(TEMPLATE, context)


def manifest() -> dict[str, Any]:
    """The web app manifest: how the tablet's home screen shows the app."""
    home = reverse("field-today")
    return {
        "id": home,
        "name": f"{settings.AGENCY_NAME} tablet",
        "short_name": settings.AGENCY_SHORT_NAME,
        "description": "Documents a response, with and without a signal.",
        "lang": "en-US",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#f3f5f6",
        "theme_color": settings.AGENCY_COLOUR,
        "icons": [
            {"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *(
                {"src": static(f"app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
                for size in (192, 512)
            ),
            *(
                {
                    "src": static(f"app-maskable-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "maskable",
                }
                for size in (192, 512)
            ),
        ],
    }


def _asset(name: str) -> Asset:
    digest = base64.b64encode(hashlib.sha256(_content(name)).digest()).decode()
    return Asset(static(name), f"sha256-{digest}")


def _part(name: str) -> Asset:
    """A part of the app, by the address the script that needs it asks for: its name holds its own digest already."""
    return Asset(f"{settings.STATIC_URL}{name}", _asset(name).integrity)


def _content(name: str) -> bytes:
    """The bytes that are served for `name`: as collected, or as built where nothing is collected."""
    stored = getattr(staticfiles_storage, "stored_name", None)
    if stored is not None and not settings.DEBUG:
        return Path(staticfiles_storage.path(stored(name))).read_bytes()
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(f"{name} is not built. Run: make setup")
    return Path(found).read_bytes()


def _folder(name: str) -> Path:
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(f"{name} is not built. Run: make setup")
    return Path(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


__all__ = ["Asset", "Build", "build", "manifest"]
