from mih.protocols.models.protocol import Protocol
from mih.protocols.models.verdict import ValueVerdict

__all__ = ["Protocol", "ValueVerdict"]
