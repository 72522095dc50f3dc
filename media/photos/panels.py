"""Photos on the desk's menu and first page."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.front.panels import SHOWN, Panel, Row, register
from cms.desk.moments import day_in_words
from media.photos.library import SOON, badges, page_of, used_at_all
from media.photos.models import Photo

MOST = 99  # as many are counted
NEWEST = 200  # photos that lack something, among which those in use are looked for


@register
def of_the_library(request):
    """What the picture desk works off: rights that end, and photos in use that lack their words."""
    if not request.user.has_perm("media.change_photo"):
        return
    library = reverse("admin:media_photo_changelist")
    is_theirs = request.user.has_perm("media.delete_photo")
    now = timezone.now()
    ending = Photo.objects.filter(usable_until__gt=now, usable_until__lte=now + SOON).order_by("usable_until")
    rows = [
        row_of(photo, words=_("until %(day)s") % {"day": day_in_words(photo.usable_until)}) for photo in ending[:SHOWN]
    ]
    more = [(gettext_lazy("Photos"), f"{library}?rights=ending")]
    empty = _("No rights end within two weeks.")
    yield Panel("rights", _("Rights ending soon"), 30, rows, more, is_theirs=is_theirs, empty=empty)

    photos = {}
    for lacking in ({"credit_line": ""}, {"alt_text": "", "is_decorative": False}):
        newest = Photo.objects.filter(**lacking).order_by("-uploaded_at", "-id").values_list("pk", flat=True)[:NEWEST]
        used = Photo.objects.filter(used_at_all(), pk__in=list(newest)).order_by("-uploaded_at", "-id")
        photos.update((photo.pk, photo) for photo in used[: MOST + 1])
    rows = [
        row_of(photo, words=", ".join(words for name, words in badges(photo) if name == "lack"))
        for photo in list(photos.values())[:SHOWN]
    ]
    more = [
        (_("No credit"), f"{library}?lacks=credit&use=used"),
        (_("No alt text"), f"{library}?lacks=alt&use=used"),
    ]
    number = f"{MOST}+" if len(photos) > MOST else str(len(photos) or "")
    empty = _("Every photo in use has its credit and its alt text.")
    yield Panel("photos", _("Photos in use without credit or alt text"), 20, rows, more, is_theirs, number, empty)


def row_of(photo, **values):
    title = photo.caption[:200] or photo.headline or photo.file_name or str(photo)
    return Row(title, page_of(photo), kind=_("Photo"), state="withdrawn", order=photo.usable_until or 0, **values)
