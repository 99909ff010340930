"""What views say of themselves for the API's documentation, kept until somebody asks for it.

What writes the documentation is not loaded before: with it comes Django's test client, and only a reader needs it.
"""

from rest_framework.schemas.inspectors import ViewInspector


class Schema(ViewInspector):
    """Stands under every view's description in the place of drf-spectacular's, and becomes it in `mih.config.api_docs`."""
