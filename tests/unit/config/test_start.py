"""A process starts with what it needs and no more."""

import subprocess
import sys

from django.conf import settings

NEEDED_LATER = ("PIL", "psutil", "typst")
NEVER_NEEDED = ("requests", "rich")
CHECK = """
import sys
import manage

sys.argv = ["manage.py", "check"]
manage.main()
print([name for name in sys.modules if sys.modules[name]])
"""


def test_checking_the_installation_loads_no_library_that_only_some_request_needs():
    run = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=settings.REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "'rest_framework'" in run.stdout  # the addresses are loaded
    assert [name for name in (*NEEDED_LATER, *NEVER_NEEDED) if f"'{name}'" in run.stdout] == []
