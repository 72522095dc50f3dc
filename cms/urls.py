"""Everything that is served."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.utils.module_loading import import_string

from cms.access.login import DeskLoginView
from cms.access.twofactor_views import two_factor
from cms.api.root import RootViewSet, SchemaViewSet, docs
from cms.api.views import ChangesViewSet
from cms.desk.front.schedule import schedule_view
from cms.desk.pages.choosing import DeskAutocompleteView
from cms.front import favicon, front_page
from cms.languages import choose_language, no_more_words, words
from cms.previews.views import open_preview, preview_page
from cms.publishing import kinds
from newsroom.views import FeedViewSet

API = r"^api/v1/"
LISTS = {
    "feed": FeedViewSet,
    **{kind.Meta.path: import_string(kind.endpoint) for kind in kinds.served()},
    "changes": ChangesViewSet,
}

handler500 = "cms.serving.faults.failed"

urlpatterns = [
    re_path(rf"{API}?$", RootViewSet.as_view({"get": "retrieve"}), name="root"),
    *(re_path(rf"{API}{name}/?$", view.as_view({"get": "list"}), name=name) for name, view in LISTS.items()),
    *(
        re_path(
            rf"{API}{name}/(?P<{view.lookup_field}>[^/]+)/?$", view.as_view({"get": "retrieve"}), name=f"{name}-detail"
        )
        for name, view in LISTS.items()
        if hasattr(view, "retrieve")
    ),
    re_path(rf"{API}schema/?$", SchemaViewSet.as_view({"get": "retrieve"}), name="schema"),
    re_path(r"^api/docs/?$", docs, name="docs"),
    path("media/", include("media.urls")),
    path("media/", include("newsroom.urls")),
    path("preview/", open_preview, name="open-preview"),
    path("preview/<uuid:pk>/", preview_page, name="preview"),
    path("admin/login/", DeskLoginView.as_view()),
    path("admin/language/", choose_language, name="choose-language"),
    path("admin/words/<str:language>.<str:digest>.js", words, name="script-words"),
    path("admin/jsi18n/", no_more_words),
    path("admin/two-factor/", admin.site.admin_view(two_factor), name="two-factor"),
    path("admin/schedule/", admin.site.admin_view(schedule_view), name="desk-schedule"),
    path("admin/autocomplete/", admin.site.admin_view(DeskAutocompleteView.as_view(admin_site=admin.site))),
    path("admin/", admin.site.urls),
    path("favicon.ico", favicon),
    path("", front_page),
]
