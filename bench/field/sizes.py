"""Bytes of the app: its code, and what a tablet keeps to open without a network."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

from bench.field.figures import Figure

ENCODED = (".woff2", ".png")
"""Files that no compression makes smaller."""


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def wire(name: str, content: bytes) -> int:
    """Bytes on the wire as a server that compresses sends it."""
    return len(content) if name.endswith(ENCODED) else gzipped(content)


def sizes(dist: Path) -> list[Figure]:
    """The app's script, what it opens with and all of it; and all that the service worker keeps: the shell with its
    files, and every form."""
    from django.contrib.staticfiles import finders

    from mih.field import shell
    from mih.field.bundle import published

    parts_of_app = json.loads((dist / "tablet" / "parts.json").read_text())
    first = [(dist / name).read_bytes() for name in ("tablet/main.js", *parts_of_app["first"])]
    script = [(dist / name).read_bytes() for name in ("tablet/main.js", *parts_of_app["parts"])]
    made, forms = shell.build(), published()
    parts = {"document": gzipped(made.html.encode()), "worker": gzipped(made.script.encode())}
    for asset in made.assets:
        if not asset.integrity:
            continue
        name = asset.url.removeprefix("/static/")
        found = finders.find(name)
        assert found, name
        parts[name] = wire(name, Path(found).read_bytes())
    shell_bytes = sum(parts.values())
    form_bytes = sum(gzipped(text.encode()) for text in texts(forms))
    parts["the app's script"] = sum(
        parts.pop(name) for name in list(parts) if name.startswith("tablet/") and name.endswith(".js")
    )
    biggest = ", ".join(
        f"{name} {size / 1024:.1f}" for name, size in sorted(parts.items(), key=lambda part: -part[1])[:5]
    )
    later = "fetched when needed, kept all the same: responses, signing, sealing, Argon2id, rarer screens"
    return [
        Figure(
            "First script, minified", kilobytes(first, len), "KB", 90,
            f"until somebody is unlocked and sees today's list, {len(first)} files",
        ),
        Figure("First script, gzip", kilobytes(first, gzipped), "KB", 28),
        Figure("Whole script, minified", kilobytes(script, len), "KB", None, f"{len(script)} files; {later}"),
        Figure("Whole script, gzip", kilobytes(script, gzipped), "KB"),
        Figure("Shell precache on the wire, gzip", shell_bytes / 1024, "KB", None, biggest),
        Figure("All forms on the wire, gzip", form_bytes / 1024, "KB", None, f"{len(forms.forms)} forms"),
        Figure("Shell and forms together", (shell_bytes + form_bytes) / 1024, "KB", 250),
    ]  # fmt: skip


def kilobytes(files: list[bytes], size: Callable[[bytes], int]) -> float:
    return sum(map(size, files)) / 1024


def texts(forms: object) -> list[str]:
    """The documents of all forms, with their list."""
    from mih.field.models import FormVersion

    return [getattr(forms, "text", ""), *FormVersion.objects.values_list("document", flat=True)]
