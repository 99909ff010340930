from importlib import import_module

from django.apps import AppConfig


class CrisisConfig(AppConfig):
    name = "mih.crisis"

    def ready(self) -> None:
        import_module(f"{self.name}.onscene")
