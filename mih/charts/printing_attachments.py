"""Photos and documents as the print shows them."""

import base64
from typing import Any

from mih.charts.attachments import Attached
from mih.charts.templatetags.chart import moment


def as_printed(attached: Attached) -> dict[str, Any]:
    """One attachment: a photo as a drawing that holds its bytes, which is what a template may be given; a document by
    its words alone."""
    where = f"{attached.kind}, {moment(attached.at)}, {attached.by}"
    if attached.words:
        where += f". {attached.words}"
    elif not attached.is_picture:
        where += ". It is kept with the electronic record."
    return {
        "caption": attached.caption or attached.kind,
        "where": where,
        "tall": attached.height > attached.width,
        "drawing": _drawing(attached) if attached.is_picture else None,
    }


def _drawing(attached: Attached) -> str:
    inside = base64.b64encode(attached.content()).decode()
    size = f'width="{attached.width}" height="{attached.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {attached.width} {attached.height}">'
        f'<image {size} href="data:{attached.mime};base64,{inside}"/></svg>'
    )
