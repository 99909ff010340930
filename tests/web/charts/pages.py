"""Pages as a reader sees them, and prints read back."""

import io
import re
from typing import Any

import pypdf
from django.test import Client
from lxml import html

from mih.accounts.models import Staff


def browser(staff: Staff) -> Client:
    """A browser signed in as `staff`."""
    client = Client()
    client.force_login(staff)
    return client


def seen(answer: Any) -> str:
    """The words of a page, spaces closed up."""
    assert answer.status_code == 200, (answer.status_code, answer.content[:2000])
    return re.sub(r"\s+", " ", html.fromstring(answer.content).text_content())


def found(answer: Any, path: str) -> list[Any]:
    """Elements of a page by their XPath."""
    return list(html.fromstring(answer.content).xpath(path))


def printed(answer: Any) -> str:
    """The text of a PDF, page after page."""
    assert answer.status_code == 200, (answer.status_code, answer.content[:2000])
    assert answer.headers["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def squeezed(text: str) -> str:
    """Without spaces and line ends, which printing moves."""
    return re.sub(r"[\s\u200b]+", "", text)
