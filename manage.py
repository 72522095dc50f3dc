#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    try:
        settings.DATA_DIR  # noqa: B018 - reads the environment
    except ImproperlyConfigured as mistakes:
        sys.exit(str(mistakes))
    execute_from_command_line(sys.argv)
