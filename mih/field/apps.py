from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "mih.field"

    def ready(self) -> None:
        if find_spec(f"{self.name}.onscene"):
            import_module(f"{self.name}.onscene")
        import_module(f"{self.name}.attached")  # tells charts and prints of photos and documents
