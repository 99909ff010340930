"""Writing the API's description; the settings name it, so that whoever asks for one has loaded this module."""

from drf_spectacular.generators import SchemaGenerator
from drf_standardized_errors.openapi import AutoSchema

from mih.config.api_schema import Schema

# What every view has said of itself, and each will, now answers what the writer of the description asks.
Schema.__bases__ = (AutoSchema,)


class Generator(SchemaGenerator):
    """drf-spectacular's own."""
