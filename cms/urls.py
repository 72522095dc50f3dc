"""Everything that is served."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.utils.module_loading import import_string

from cms.access.login import DeskLoginView
from cms.access.twofactor_views import two_factor
from cms.api.changes import ChangesViewSet
from cms.api.manage.batch import BatchView
from cms.api.manage.routes import managed, routes
from cms.api.root import RootViewSet, SchemaViewSet, docs
from cms.delivery.feeds.views import FeedDoor
from cms.delivery.sitemaps.views import NewsSitemap, SitemapFile, SitemapIndex, robots
from cms.delivery.stream import ChangesStreamViewSet
from cms.delivery.views import indexnow_key
from cms.desk.front.schedule import schedule_view
from cms.desk.pages.choosing import DeskAutocompleteView
from cms.languages import choose_language, no_more_words, words
from cms.mcp.door import door
from cms.plain_pages import favicon, front_page, published_page
from cms.previews.views import open_preview, preview_page
from cms.publishing import kinds
from newsroom.views import FeedViewSet, UpdatesViewSet

API = r"^api/v1/"
MANAGE = rf"{API}manage/"
LISTS = {
    "feed": FeedViewSet,
    **{kind.Meta.path: import_string(kind.endpoint) for kind in kinds.listed()},
    "changes": ChangesViewSet,
}
SINGLE = {kind.Meta.path: import_string(kind.endpoint) for kind in kinds.served() if kind.is_single}

FEEDS = FeedDoor.as_view({"get": "show"})

# What is at the newsroom's own address where it serves no front end, beside what stands below.
PLAIN = [
    path("", front_page),
    re_path(r"^(?!(?:api|admin|media|static|feeds|sitemaps|mcp)(?:/|$))(?P<path>.+)$", published_page),
]

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
    *(
        re_path(rf"{API}{name}/?$", view.as_view({"get": "retrieve"}), {"id": str(kinds.SINGLE)}, name=name)
        for name, view in SINGLE.items()
    ),
    re_path(rf"{API}articles/(?P<slug>[^/]+)/updates/?$", UpdatesViewSet.as_view({"get": "list"}), name="updates"),
    re_path(rf"{API}changes/stream/?$", ChangesStreamViewSet.as_view({"get": "stream"}), name="changes-stream"),
    re_path(rf"{MANAGE}batch/?$", BatchView.as_view({"post": "create"}), name="manage-batch"),
    *(
        re_path(rf"{MANAGE}{name}{route}/?$", view.as_view(actions), name=f"manage-{name}")
        for name, view in managed().items()
        for route, actions in routes(view).items()
    ),
    re_path(rf"{API}schema/?$", SchemaViewSet.as_view({"get": "retrieve"}), name="schema"),
    re_path(r"^api/docs/?$", docs, name="docs"),
    re_path(r"^feeds/latest\.(?P<form>rss|atom|json)/?$", FEEDS, name="latest-feed"),
    re_path(r"^feeds/(?P<path>[a-z_]+)/(?P<slug>[^/]+)\.(?P<form>rss|atom|json)/?$", FEEDS, name="feed-of"),
    path("sitemap.xml", SitemapIndex.as_view({"get": "show"}), name="sitemap"),
    path("sitemaps/<slug:name>.xml", SitemapFile.as_view({"get": "show"}), name="sitemap-file"),
    path("news-sitemap.xml", NewsSitemap.as_view({"get": "show"}), name="news-sitemap"),
    path("robots.txt", robots, name="robots"),
    re_path(r"^mcp/?$", door, name="mcp"),
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
    re_path(r"^(?P<key>[0-9a-f]{32})\.txt$", indexnow_key, name="indexnow-key"),
    path("favicon.ico", favicon),
    *([path("", include("front.urls"))] if settings.FRONT == "demo" else PLAIN),
]
