from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "bench.peers.wagtail_site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
