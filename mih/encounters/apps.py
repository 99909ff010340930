from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "mih.encounters"
