"""The newsroom's endpoints, and the files of its videos."""

from django.db.models import Max, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cms.api.pagination import PinnedFirstPagination
from cms.api.views import BelowViewSet, MergedViewSet, PublicationViewSet, SharedViewSet, SingleViewSet
from cms.previews import previews
from cms.publishing.models import Change, Publication
from media.photos.views import HEADERS, YEAR
from media.videos.passes import open_until
from media.videos.ranges import PREFLIGHT, send
from newsroom import filtersets, serializers
from newsroom.models import Video, files_of
from newsroom.serializers.access import is_free
from newsroom.serializers.page import PageSerializer
from newsroom.serializers.site import SiteSerializer

NEWSLETTER = {"email": "newsroom.formats.mail.newsletter"}


class FeedViewSet(MergedViewSet):
    """All that is published, merged: the news feed.

    Each result's `kind` says what it is. Follow `next` for "Show more"; ask for `newer` to learn what has come since.
    """

    path = "feed"
    filterset_class = filtersets.FeedFilterSet
    list_formats = NEWSLETTER


class ArticleViewSet(PublicationViewSet):
    """Live articles, newest first."""

    path = "articles"
    serializer_class = serializers.ArticleSerializer
    filterset_class = filtersets.ArticleFilterSet
    list_formats = NEWSLETTER


class BlurbViewSet(PublicationViewSet):
    """Live blurbs, newest first."""

    path = "blurbs"
    serializer_class = serializers.BlurbSerializer
    filterset_class = filtersets.BlurbFilterSet
    list_formats = NEWSLETTER
    lookup_field = "id"


class UpdatesViewSet(BelowViewSet):
    """The updates of a live story, newest first.

    What is pinned stands first on the first page, and comes nowhere else. Follow `newer` while the story goes on.
    """

    path = "updates"
    owner_class = serializers.ArticleSerializer
    serializer_class = serializers.BlurbSerializer
    filterset_class = filtersets.UpdateFilterSet
    pagination_class = PinnedFirstPagination
    pinned_by = ("is_pinned", "true")
    list_formats = NEWSLETTER


class VideoViewSet(PublicationViewSet):
    """Live videos, newest first."""

    path = "videos"
    serializer_class = serializers.VideoSerializer
    filterset_class = filtersets.VideoFilterSet
    list_formats = NEWSLETTER


class FrontViewSet(PublicationViewSet):
    """Pages that editors arrange: the first page, and others.

    What stands on one is looked up for each answer: what is pinned, then the newest that each container's rule finds.
    """

    path = "fronts"
    serializer_class = serializers.FrontSerializer
    filterset_class = None
    is_searched = False
    ordering_fields = {"name": ("sort_name",)}


class PageViewSet(PublicationViewSet):
    """What stands outside the news: About, Imprint."""

    path = "pages"
    serializer_class = PageSerializer
    filterset_class = filtersets.PageFilterSet
    ordering_fields = {"name": ("sort_name",), "-name": ("-sort_name",)}
    is_searched = False


class SiteViewSet(SingleViewSet):
    """The newsroom itself: its name, language and zone, its menus, its feeds, and its terms of use."""

    path = "site"
    serializer_class = SiteSerializer


class BylineViewSet(SharedViewSet):
    """Contributors of something live."""

    path = "bylines"
    serializer_class = serializers.BylineSerializer
    is_searched = True
    filterset_class = filtersets.BylineFilterSet

    def last_change(self):
        """That of the portrait as well."""
        shown = Q(kind="byline", key=OuterRef("pk")) | Q(kind="photo", key=OuterRef("portrait"))
        return Subquery(Change.objects.filter(shown).order_by("-edition").values("at")[:1])


class SectionViewSet(SharedViewSet):
    """All sections, a tree."""

    path = "sections"
    serializer_class = serializers.SectionSerializer
    ordering_fields = {"position": ("position", "sort_name"), "name": ("sort_name",)}

    def last_change(self):
        """That of any section: each shows its parent and its children, and one that leaves changes both."""
        changes = Change.objects.filter(kind="section").order_by().values("kind")
        return Subquery(changes.annotate(last=Max("at")).values("last"))


class TopicViewSet(SharedViewSet):
    """Tags of something live."""

    path = "topics"
    serializer_class = serializers.TopicSerializer
    is_searched = True
    filterset_class = filtersets.TopicFilterSet


FILES = ("videos", "tracks")  # what a video has files of, each with addresses of its own
TYPES = {"mp4": "video/mp4", "webm": "video/webm", "vtt": "text/vtt; charset=utf-8"}
# A browser that shows a film by itself makes a page around it.
POLICY = "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"


@csrf_exempt
def film(request, video, name, folder):
    """The file of a video, or of a track of it, for as long as readers may see the video.

    One that is not free for all opens with a pass, which stands in the addresses of those who may have the whole.
    Whoever sees videos at the desk sees those of drafts and of former versions too, and whoever has a preview sees
    those that it shows.
    """
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": PREFLIGHT["Allow"]})

    def named(stored):
        mine = (file for file in stored if file.startswith(f"originals/{folder}/"))
        return next((file for file in mine if serializers.file_path(folder, video, file) == request.path_info), None)

    now = timezone.now()
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    live = Publication.objects.visible(now).filter(kind=Video.kind, key=video).select_related("version")
    publication = live.defer("card", "document").first()
    ends = [publication.live_until] if publication and publication.live_until else []
    share = "public"
    is_open = bool(publication)
    if publication and not is_free(publication.version.data):
        share, until = "private", open_until(request)
        is_open, ends = bool(until), [*ends, *([until] if until else [])]
    stored = named(files_of(publication.version.data)) if is_open else None
    if stored and ends:  # no cache outlives the licence, nor a pass
        left = int((min(ends) - now).total_seconds())
        headers["Cache-Control"] = f"{share}, max-age={min(left, YEAR)}"
    if not stored or previews.asks_for_file(request):
        headers["Cache-Control"] = "private, no-store"
    if not stored:
        row = Video.objects.filter(pk=video).first()
        is_open = row and (row.usable_until is None or row.usable_until > now) and previews.opens_file(request)
        is_open = is_open or request.user.has_perm("newsroom.view_video")
        stored = named(row.stored_files()) if row and is_open else None
    if not stored:
        raise Http404
    checksum, _dot, extension = name.partition(".")
    return send(request, stored, TYPES[extension], f'"{checksum}"', headers)
