"""The gate of this app's pages: that of every low floor."""

from mih.accounts.gate import opens, page

__all__ = ["opens", "page"]
