from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mih.cases"

    def ready(self) -> None:
        if find_spec(f"{self.name}.onscene"):
            import_module(f"{self.name}.onscene")
        import_module(f"{self.name}.cosign_overdue")
