from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mih.audit"
    verbose_name = "Audit"
