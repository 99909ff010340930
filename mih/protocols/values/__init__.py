from mih.protocols.values.listing import Listed, Narrowed, listed, unverified
from mih.protocols.values.verdicts import approve, withdraw_approval

__all__ = ["Listed", "Narrowed", "approve", "listed", "unverified", "withdraw_approval"]
