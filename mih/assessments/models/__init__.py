from mih.assessments.models.answers import InstrumentAnswers
from mih.assessments.models.clinical import ClinicalAssessment
from mih.assessments.models.medical import MedicalAssessment
from mih.assessments.models.vitals import VitalSigns

__all__ = ["ClinicalAssessment", "InstrumentAnswers", "MedicalAssessment", "VitalSigns"]
