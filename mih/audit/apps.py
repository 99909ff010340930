from django.apps import AppConfig

from mih.audit import triggers

triggers.keep_quickly()  # before the first model has a trigger


class AuditConfig(AppConfig):
    name = "mih.audit"
    verbose_name = "Audit"
