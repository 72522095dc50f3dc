"""The API's own description: OpenAPI 3.1, read from the views, filters and serializers that answer.

`words` is what apps tell of their fields, `shapes` how serializers become schemas, `operations` what can be asked at an
address and what is answered, `document` the whole.
"""

from cms.api.schema.document import OPENAPI, PARTS, SchemaGenerator, document, tell_webhooks
from cms.api.schema.operations import AutoSchema
from cms.api.schema.shapes import ShapesSchema
from cms.api.schema.words import says, tell

__all__ = [
    "OPENAPI",
    "PARTS",
    "AutoSchema",
    "SchemaGenerator",
    "ShapesSchema",
    "document",
    "says",
    "tell",
    "tell_webhooks",
]
