"""The tables of django-otp are no pages of the desk: everybody looks after their own device (twofactor_views.py)."""

from django.conf import settings
from django.contrib import admin

if settings.TWO_FACTOR:
    from django_otp.plugins.otp_static.models import StaticDevice
    from django_otp.plugins.otp_totp.models import TOTPDevice

    admin.site.unregister([StaticDevice, TOTPDevice])
