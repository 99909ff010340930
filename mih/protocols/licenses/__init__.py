from mih.protocols.licenses.standing import (
    License,
    Notice,
    kinds_in,
    needed_by,
    notice_for,
    problem_signing,
    standing_of,
)

__all__ = [
    "License",
    "Notice",
    "kinds_in",
    "needed_by",
    "notice_for",
    "problem_signing",
    "standing_of",
]
