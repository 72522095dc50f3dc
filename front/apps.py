from django.apps import AppConfig


class FrontConfig(AppConfig):
    """The newspaper. Installed for its static files; FRONT=demo serves its pages."""

    name = "front"
