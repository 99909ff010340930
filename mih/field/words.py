"""How the tablet words what the registry's forms say."""

from typing import Any

from mih.encounters.onscene_form import OnSceneForm


def short_summary(spec: OnSceneForm, entry: Any) -> str:
    """One line about an entry without its form's title: where it is shown, the title stands beside it."""
    summary = spec.summary(entry)
    return "" if summary == spec.title else summary.removeprefix(f"{spec.title}: ")
