"""How a file is chosen: by a button of the desk's, in its words; beside it stands what was chosen."""

from typing import Any

from django import forms


class FileChoice(forms.FileInput):
    template_name = "desk/file.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"class": "visually-hidden", **(attrs or {})})
