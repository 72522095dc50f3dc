"""The newsroom on the desk's menu and first page."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.desk import menu
from cms.desk.front.panels import SHOWN, Panel, Row, register
from cms.desk.moments import in_brief
from cms.desk.status import statuses
from cms.publishing.models import Publication
from newsroom.models import Article, Blurb, Front, Section, Site, Video
from newsroom.models.front import HOME

RIGHTS_WARNING = timedelta(days=14)
QUICK_BLURB = ("newsroom/quick_blurb.js", "newsroom/quick_blurb.css")

menu.register_part("newsroom/quick_blurb.html", "newsroom.add_blurb", *QUICK_BLURB)
menu.register_part("newsroom/front/put_dialog.html", "newsroom.change_front", "newsroom/front/put.js")


@register
def to_begin(request):
    """What a new newsroom lacks, for whoever can see to it, until the first story is begun."""
    may = request.user.has_perm
    if not may("newsroom.change_site") or Article.objects.exists():
        return
    steps = [
        (_("Name the newsroom, and say what it is"), menu.page_of("newsroom.site", "changelist"), Site),
        (_("Make the sections"), menu.page_of("newsroom.section", "add"), Section),
    ]
    rows = [Row(title, address) for title, address, model in steps if not model.objects.exists()]
    if may("auth.add_user") and get_user_model().objects.count() < 2:
        rows.append(Row(_("Let your colleagues in, each with a role"), menu.page_of("auth.user", "add")))
    rows.append(Row(_("Write the first story, and publish it"), menu.page_of("newsroom.article", "add")))
    yield Panel("begin", _("To begin with"), 1, rows, is_theirs=True)


@register
def of_videos(request):
    """Live videos whose rights end: found by the end of their publication, which the rights set."""
    if not request.user.has_perm("newsroom.change_video"):
        return
    now = timezone.now()
    live = Publication.objects.visible(now).filter(kind="video", live_until__lte=now + RIGHTS_WARNING)
    keys = list(live.order_by("live_until").values_list("key", flat=True)[: SHOWN * 4])
    videos = Video.objects.filter(pk__in=keys, usable_until__lte=now + RIGHTS_WARNING).order_by("usable_until")
    rows = [
        Row(
            str(video),
            menu.page_of("newsroom.video", "change", video.pk),
            kind=_("Video"),
            state="withdrawn",
            words=_("until %(day)s") % {"day": in_brief(video.usable_until)},
            order=video.usable_until,
        )
        for video in videos[:SHOWN]
    ]
    more = [(_("Videos"), f"{menu.page_of('newsroom.video', 'changelist')}?rights=ending")]
    is_theirs, empty = request.user.has_perm("newsroom.change_any_video"), _("No rights end within two weeks.")
    yield Panel("rights", _("Rights ending soon"), 30, rows, more, is_theirs, empty=empty)


@register
def of_breaking(request):
    """What readers see as breaking now. Each stays so until somebody switches it off: it is easily forgotten."""
    models = [model for model in (Article, Blurb) if request.user.has_perm(f"newsroom.view_{model.kind}")]
    items = [item for model in models for item in model.objects.filter(breaking=True).order_by("-modified_at")[:SHOWN]]
    rows = [
        Row(
            str(item),
            menu.page_of(item._meta.label_lower, "change", item.pk),
            kind=menu.one_of(type(item)),
            state="breaking",
            words=_("Breaking"),
            when=in_brief(status.publication.published_at),
        )
        for item, status in zip(items, statuses(items), strict=True)
        if status.is_live
    ]
    yield Panel("breaking", _("Breaking now"), 45, rows, has_hours=True)


@register
def of_fronts(request):
    """The fronts, Home first: one click from the desk's first page to what readers see first."""
    if not request.user.has_perm("newsroom.change_front"):
        return
    fronts = list(Front.objects.filter(is_retired=False).order_by("name")[:SHOWN])
    if not fronts:
        return
    fronts.sort(key=lambda front: front.slug != HOME)
    rows = [
        Row(str(front), menu.page_of("newsroom.front", "change", front.pk), state=status.name, words=str(status))
        for front, status in zip(fronts, statuses(fronts), strict=True)
    ]
    more = [(_("Fronts"), menu.page_of("newsroom.front", "changelist"))]
    yield Panel("fronts", _("Fronts"), 5, rows, more, is_theirs=True)
