from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet


class ArticlesAPIViewSet(PagesAPIViewSet):
    """With what a list shows fetched at once."""

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.action == "listing_view":
            queryset = queryset.select_related("section", "lead_photo").prefetch_related(
                "lead_photo__renditions", "topics", "contributions__byline"
            )
        return queryset


router = WagtailAPIRouter("wagtailapi")
router.register_endpoint("pages", ArticlesAPIViewSet)
urlpatterns = [path("api/v2/", router.urls)]
