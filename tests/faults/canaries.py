"""Looks for words and keys in the clear wherever a browser or a server may have put them."""

import base64
import re
from collections.abc import Iterable
from pathlib import Path


def spellings(secret: bytes, *, text: bool) -> set[bytes]:
    """Every way `secret` may lie in a file: as it is, in base64 wherever it begins in a longer text, in hexadecimal, and
    words in UTF-16 besides."""
    plain = {secret}
    if text:
        plain |= {secret.lower(), secret.upper()}
        plain |= {each.decode().encode("utf-16-le") for each in plain}
    found = set(plain)
    for each in plain:
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + each)
            # Only the letters that depend on nothing before or after it.
            inside = encoded[-(-shift * 8 // 6) : (shift + len(each)) * 8 // 6]
            found |= {inside, inside.replace(b"+", b"-").replace(b"/", b"_")}
    return found | {secret.hex().encode(), secret.hex().upper().encode()}


class Search:
    """Looks for all of these at once."""

    def __init__(self, words: Iterable[str] = (), keys: Iterable[bytes] = ()) -> None:
        self.names: dict[bytes, str] = {}
        for word in words:
            self.names |= dict.fromkeys(spellings(word.encode(), text=True), word)
        for n, key in enumerate(keys):
            self.names |= dict.fromkeys(spellings(key, text=False), f"key {n}")
        longest_first = sorted(self.names, key=len, reverse=True)
        self.pattern = re.compile(b"|".join(map(re.escape, longest_first))) if self.names else None

    def within(self, content: bytes) -> set[str]:
        """What of it stands in `content`."""
        return {self.names[hit[0]] for hit in self.pattern.finditer(content)} if self.pattern else set()

    def under(self, folder: Path) -> dict[str, set[str]]:
        """What of it stands in the files below `folder`, or in their names, by file."""
        found: dict[str, set[str]] = {}
        for path in folder.rglob("*"):
            name = str(path.relative_to(folder))
            hits = self.within(name.encode())
            if path.is_file() and not path.is_symlink():
                try:
                    hits |= self.within(path.read_bytes())
                except FileNotFoundError:  # a running browser tidies up
                    continue
            if hits:
                found[name] = hits
        return found
