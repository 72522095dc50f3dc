import logging

from django.apps import AppConfig


class ServingConfig(AppConfig):
    name = "cms.serving"

    def ready(self) -> None:
        logging.captureWarnings(True)  # a warning is a line of the log as any other
