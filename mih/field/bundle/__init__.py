"""The forms that tablets hold, rendered once for everybody."""

from mih.field.bundle.publishing import Bundle, published

__all__ = ["Bundle", "published"]
