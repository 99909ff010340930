from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.core.signals import request_finished, request_started


class InstrumentsConfig(AppConfig):
    name = "mih.instruments"

    def ready(self) -> None:
        if find_spec(f"{self.name}.onscene"):
            import_module(f"{self.name}.onscene")
        import_module(f"{self.name}.clinical_values")
        selectors = import_module(f"{self.name}.selectors")
        request_started.connect(selectors.remember, dispatch_uid="remember_signed_files")
        request_finished.connect(selectors.forget, dispatch_uid="forget_signed_files")
