"""The medical director's signature."""

from django import forms


class SignForm(forms.Form):
    """One deliberate tick before a policy takes effect."""

    read = forms.BooleanField(label="I have read this version with its values marked verify, and I sign it.")
