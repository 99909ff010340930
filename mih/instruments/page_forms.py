"""The forms of the instruments pages: a file, a signature, a withdrawal."""

from typing import Any

from django import forms

from mih.core.moments import LocalMomentField
from mih.instruments.strict_json import LARGEST


class UploadForm(forms.Form):
    """A definition file or a wording, chosen or pasted. `cleaned_data["source"]` is its text."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text="A definition or a wording, in JSON.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = forms.CharField(
        label="Or paste its text",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 12, "autocomplete": "off", "spellcheck": "false", "class": "code-box"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """The text of the file; a chosen file goes before pasted text."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        file = found.get("file")
        if file is None:
            return {**found, "source": found.get("text", "")}
        if file.size > LARGEST:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST // 1000} kB. An instrument is text alone; take out what does not "
                "belong."
            )
        try:
            return {**found, "source": file.read().decode("utf-8-sig")}
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "The file is not text in UTF-8. Save it as a JSON text file and choose it again."
            ) from None


class SignForm(forms.Form):
    """One deliberate tick, and the day from which it holds."""

    effective_from = LocalMomentField(label="Takes effect", required=False)
    read = forms.BooleanField(
        label="I have read this version, tried it below, and sign it for this agency.",
        error_messages={
            "required": "Tick the box to say that you have read and tried this version, then sign."
        },
    )


class WithdrawForm(forms.Form):
    """Why a version is no longer used."""

    reason = forms.CharField(
        label="Why it is withdrawn",
        max_length=200,
        error_messages={"required": "Say why it is withdrawn."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
