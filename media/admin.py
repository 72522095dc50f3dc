"""The photo library at the desk."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.publishing import registry
from cms.publishing.admin import DeskAdmin, moment_in_words
from cms.publishing.models import Publication, Reference, Version
from media.models import Photo, Rendition
from media.views import rendition


def thumbnails(keys) -> dict:
    """The address of a small size of each of these photos, by id."""
    sizes = Rendition.objects.filter(photo__in=list(keys), crop="").order_by("photo", "-width")
    return {size.photo_id: thumbnail_url(size) for size in sizes}


def thumbnail_url(size: Rendition) -> str:
    name = size.file.name.rsplit("/", 1)[-1]
    return reverse(rendition, args=[size.photo_id, name])


def described(photo: Photo, thumbnail: str = "") -> dict:
    """What a page that uses a photo tells its editor about it."""
    obstacles = list(photo.obstacles())
    if photo.usable_until and photo.usable_until <= timezone.now():
        obstacles.append(_("The rights to this photo have run out; choose another."))
    return {
        "thumbnail": thumbnail,
        "caption": photo.caption,
        "alt_text": photo.alt_text,
        "credit_line": photo.credit_line,
        "obstacles": obstacles,
    }


class UsableFilter(admin.SimpleListFilter):
    title = gettext_lazy("can be published")
    parameter_name = "usable"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("Something is missing"))]

    def queryset(self, request, queryset):
        usable = Exists(Photo.objects.usable(timezone.now()).filter(pk=OuterRef("pk")))
        found = {"yes": usable, "no": ~usable}
        return queryset.filter(found[self.value()]) if self.value() in found else queryset


@admin.register(Photo)
class PhotoAdmin(DeskAdmin):
    list_display = ["picture", "__str__", "credit_line", "creator", "uploaded", "usable_until"]
    list_display_links = ["picture", "__str__"]
    list_filter = [UsableFilter, "is_decorative", "digital_source_type"]
    search_fields = ["caption", "alt_text", "credit_line", "creator"]
    readonly_fields = ["preview", "used_in"]
    fieldsets = [
        (None, {"fields": ["preview", "file", "credit_line", "alt_text", "is_decorative", "caption", "used_in"]}),
        (
            gettext_lazy("Origin and rights"),
            {"fields": [("creator", "source"), "copyright_notice", "usage_terms", ("usable_until", "taken_at")]},
        ),
        (
            gettext_lazy("More"),
            {
                "classes": ["collapse"],
                "fields": [("focal_x", "focal_y"), "extended_description", "digital_source_type"],
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """A new photo has a file to choose, and a known one a picture: its original is never altered."""
        left_out = {"file"} if obj else {"preview", "used_in"}
        (name, options), *rest = super().get_fieldsets(request, obj)
        return [(name, {**options, "fields": [field for field in options["fields"] if field not in left_out]}), *rest]

    def get_urls(self):
        view = self.admin_site.admin_view(self.described_view)
        return [path("<uuid:key>/described/", view, name="media_photo_described"), *super().get_urls()]

    def described_view(self, request: HttpRequest, key) -> HttpResponse:
        """What a story's page shows of the photo that was just chosen."""
        photo = Photo.objects.filter(pk=key).first()
        if photo is None or not self.has_view_permission(request, photo):
            raise Http404
        return JsonResponse(described(photo, thumbnails([photo.pk]).get(photo.pk, "")))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # Not in one transaction with the making of the sizes, which takes a second that nobody else should wait.
        # What is saved is saved by one call, in a transaction of its own.
        return self._changeform_view(request, object_id, form_url, extra_context)

    def get_changelist(self, request, **kwargs):
        changelist = super().get_changelist(request, **kwargs)

        class PhotoList(changelist):
            def get_results(self, request):
                super().get_results(request)
                self.result_list = list(self.result_list)
                addresses = thumbnails(photo.pk for photo in self.result_list)
                for photo in self.result_list:
                    photo.thumbnail = addresses.get(photo.pk, "")

        return PhotoList

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in {"caption", "usage_terms", "extended_description"}:
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("picture"))
    def picture(self, photo):
        return format_html('<img src="{}" alt="" class="photo-thumb" loading="lazy">', photo.thumbnail)

    @admin.display(description=gettext_lazy("uploaded"), ordering="uploaded_at")
    def uploaded(self, photo):
        return moment_in_words(photo.uploaded_at)

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, photo):
        address = thumbnails([photo.pk]).get(photo.pk) if photo.pk else ""
        if not address:
            return "–"
        obstacles = format_html_join("", '<p class="obstacle">{}</p>', ((line,) for line in photo.obstacles()))
        return format_html(
            '<div class="photo-preview"><img src="{}" alt=""><div><p>{} × {}</p>{}</div></div>',
            address,
            photo.width,
            photo.height,
            obstacles,
        )

    @admin.display(description=gettext_lazy("used in"))
    def used_in(self, photo):
        lines = [self._line(*use) for use in uses(photo)] if photo.pk else []
        if not lines:
            return "–"
        return format_html('<ul class="uses">{}</ul>', format_html_join("", "<li>{}</li>", ((line,) for line in lines)))

    def _line(self, row, is_live):
        state = format_html(' <span class="state state-live">{}</span>', _("Live")) if is_live else ""
        opts = row._meta
        try:
            address = reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
        except NoReverseMatch:
            return format_html("{}: {}{}", opts.verbose_name.capitalize(), row, state)
        return format_html('{}: <a href="{}">{}</a>{}', opts.verbose_name.capitalize(), address, row, state)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        admin_site = self.admin_site

        class PhotoForm(form):
            def add_error(self, field, error):
                """A picture that is here already leads to the photo that it is."""
                is_about_file = field == "file" or "file" in getattr(error, "error_dict", {})
                twins = Photo.objects.filter(checksum=self.instance.checksum).exclude(pk=self.instance.pk)
                if is_about_file and self.instance.checksum and (twin := twins.first()):
                    address = reverse(f"{admin_site.name}:media_photo_change", args=[twin.pk])
                    link = format_html('<a href="{}">{}</a>', address, twin)
                    text = _("This picture is in the library already: {}. Use that one.")
                    return super().add_error("file", format_html(text, link))
                return super().add_error(field, error)

        return PhotoForm

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for text in obj.obstacles():
            self.message_user(request, text, messages.WARNING)

    def why_not_delete(self, obj):
        live = [str(row) for row, is_live in uses(obj) if is_live]
        if live:
            return _("Live items show it (%(items)s). Take it out of them first.") % {"items": ", ".join(live)}
        drafts = [str(row) for row in drafts_with(obj)]
        if drafts:
            return _("It stands in %(items)s. Take it out there first.") % {"items": ", ".join(drafts)}
        return ""


def uses(photo: Photo) -> list[tuple[models.Model, bool]]:
    """What shows a photo: (item, whether readers see it there), by the desk's keys and by what is live."""
    found: dict = {}
    references = Reference.objects.filter(kind=photo.kind, key=photo.pk, is_direct=True)
    live = Publication.objects.visible(timezone.now()).filter(pk__in=references.values("publication")[:200])
    keys: dict = {}
    for kind, key in live.values_list("kind", "key"):
        keys.setdefault(kind, []).append(key)
    for kind, group in keys.items():
        for row in registry.serializer_of(kind).Meta.model.objects.filter(pk__in=group):
            found[type(row), row.pk] = (row, True)
    for relation in photo._meta.get_fields(include_hidden=True):
        is_key = relation.auto_created and not relation.concrete and relation.related_model is not Rendition
        if is_key and (relation.one_to_many or relation.one_to_one):
            for row in relation.related_model._default_manager.filter(**{relation.field.name: photo})[:200]:
                found.setdefault((type(row), row.pk), (row, False))
    return list(found.values())


def drafts_with(photo: Photo) -> list[models.Model]:
    """Working copies that have a photo anywhere in them, found by reading them all: for the rare act of deleting."""
    found: list = []
    for serializer in registry.publishable():
        model = serializer.Meta.model
        text = Cast("data", models.TextField())
        heads = Version.objects.filter(pk__in=model.objects.values("head")).annotate(text=text)
        keys = heads.filter(text__contains=str(photo.pk)).values_list("key", flat=True)[:20]
        found += model.objects.filter(pk__in=list(keys))
    return found
