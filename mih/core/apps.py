from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mih.core"
