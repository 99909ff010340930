from mih.referrals.models.loop import LoopEvent, ReferralLoop
from mih.referrals.models.partner import CATEGORIES, Partner
from mih.referrals.models.referral import Referral

__all__ = ["CATEGORIES", "LoopEvent", "Partner", "Referral", "ReferralLoop"]
