from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    name = "mih.protocols"

    def ready(self) -> None:
        if find_spec(f"{self.name}.onscene"):
            import_module(f"{self.name}.onscene")
        import_module(f"{self.name}.values.policies")
        from mih.accounts.sessions import provide
        from mih.protocols.selectors import stamped

        provide("policies", stamped)
