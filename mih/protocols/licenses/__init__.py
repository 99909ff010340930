from mih.protocols.licenses.standing import (
    License,
    Notice,
    is_lmhp,
    kinds_in,
    needed_by,
    notice_for,
    problem_signing,
    standing_of,
)

__all__ = [
    "License",
    "Notice",
    "is_lmhp",
    "kinds_in",
    "needed_by",
    "notice_for",
    "problem_signing",
    "standing_of",
]
