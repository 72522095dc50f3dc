from django.apps import AppConfig


class LeftoversConfig(AppConfig):
    name = "cms.leftovers"

    def ready(self) -> None:
        from cms import background
        from cms.leftovers import deleting

        background.register("files to be deleted", deleting.delete_some, deleting.count)
