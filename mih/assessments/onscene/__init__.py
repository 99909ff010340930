"""The registry lines of this app: vital signs, the two assessments, and one line for each instrument."""

from mih.assessments.onscene import clinical, facts, instruments, local, medical, rules, scales, vitals

__all__ = ["clinical", "facts", "instruments", "local", "medical", "rules", "scales", "vitals"]
