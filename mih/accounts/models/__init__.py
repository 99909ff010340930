from mih.accounts.models.programmes import Device, Programme, Shift, Team, Unit
from mih.accounts.models.session import Session
from mih.accounts.models.staff import Credential, Role, Staff

__all__ = ["Credential", "Device", "Programme", "Role", "Session", "Shift", "Staff", "Team", "Unit"]
