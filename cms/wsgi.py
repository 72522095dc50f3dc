"""The door for an application server: `granian --interface wsgi cms.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")

application = get_wsgi_application()

from cms.background import in_web_process  # noqa: E402 - needs the apps, which are there only now

in_web_process.start()
