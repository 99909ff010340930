from importlib import import_module

from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "mih.encounters"

    def ready(self) -> None:
        import_module("mih.encounters.onscene")
        import_module("mih.encounters.onscene_closing")
        import_module("mih.encounters.onscene_supporters")
