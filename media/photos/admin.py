"""The photo library at the desk."""

import json
from contextlib import nullcontext
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from js_asset import Script

from cms.desk.pages.admin import SharedAdmin
from cms.desk.pages.files import FileChoice
from cms.search import desk
from media import gate
from media.photos import images, panels  # noqa: F401 - the desk's panels make themselves known
from media.photos.forms import CompletionForm, PhotoForm, ReplaceForm, twin_of
from media.photos.library import LARGE, card, cards, described, drafts_with, page_of, uses, uuids, warnings
from media.photos.list_filters import (
    LackFilter,
    MadeFilter,
    RightsFilter,
    ShapeFilter,
    TakenFilter,
    UploadedFilter,
    UseFilter,
)
from media.photos.models import Photo

AT_ONCE = 100  # photos that are completed on one page


class PhotoList(ChangeList):
    """A page of the library. Nothing is counted: it reads one photo more than it shows."""

    def get_queryset(self, request, exclude_parameters=None):
        self.filter_params.pop("part", None)  # what of the page is asked for is no filter
        photos = super().get_queryset(request, exclude_parameters)
        chosen = {spec.parameter_name: spec.value() for spec in self.filter_specs}
        self.active_filters = sum(1 for value in chosen.values() if value)
        if chosen.get("rights"):
            photos = photos.order_by("usable_until", "pk")
        elif chosen.get("made") == "ai":  # in the order of an index: few photos are, and a walk by date would be long
            photos = photos.order_by("-digital_source_type", "-uploaded_at", "-pk")
        elif chosen.get("taken"):
            photos = photos.order_by("-taken_order", "-pk")
        else:
            photos = photos.order_by("-uploaded_at", "-pk")
        return photos.defer("metadata", "search_text", "extended_description", "usage_terms")

    def get_results(self, request):
        self.page_num = min(max(self.page_num, 1), 1000)
        start = (self.page_num - 1) * self.list_per_page
        rows = list(self.queryset[start : start + self.list_per_page + 1])
        self.result_list = rows[: self.list_per_page]
        self.result_count = start + len(rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = bool(rows)
        self.can_show_all, self.multi_page = False, len(rows) > self.list_per_page
        self.paginator = self.model_admin.get_paginator(request, self.result_list, self.list_per_page)
        self.all_photos = "?"
        self.newer_page = self.get_query_string({PAGE_VAR: self.page_num - 1}) if self.page_num > 1 else ""
        self.older_page = self.get_query_string({PAGE_VAR: self.page_num + 1}) if self.multi_page else ""


@admin.register(Photo)
class PhotoAdmin(SharedAdmin):
    form = PhotoForm
    change_list_template = "media/photo_list.html"
    change_form_template = "media/photo_form.html"
    list_display = ["__str__"]
    list_per_page = 60
    list_filter = [UseFilter, LackFilter, RightsFilter, ShapeFilter, MadeFilter, TakenFilter, UploadedFilter]
    search_fields = ["search_text"]
    actions = ["complete_selected"]
    fieldsets = [
        (None, {"fields": ["file", "credit_line", "alt_text", "is_decorative", "caption"]}),
        (
            gettext_lazy("Origin and rights"),
            {
                "fields": [
                    ("creator", "source"),
                    "copyright_notice",
                    "usage_terms",
                    "usable_until",
                    "taken_at",
                    "digital_source_type",
                    "ai_use_level",
                    "ai_use_note",
                ]
            },
        ),
        (gettext_lazy("For the desk's search"), {"fields": ["headline", "place", "keywords"]}),
        (
            gettext_lazy("More"),
            {"classes": ["collapse"], "fields": ["extended_description", ("focal_x", "focal_y")]},
        ),
    ]

    class Media:
        css = {"all": ["media/library.css"]}
        js = [Script("media/library.js", type="module"), "media/focal.js"]

    def get_urls(self):
        views = [
            ("upload/", self.upload_view, "upload"),
            ("choose/", self.choose_view, "choose"),
            ("complete/", self.complete_view, "complete"),
            ("<uuid:key>/described/", self.described_view, "described"),
            ("<uuid:key>/look/", self.look_view, "look"),
            ("<uuid:key>/original/", self.original_view, "original"),
            ("<uuid:key>/replace/", self.replace_view, "replace"),
        ]
        own = [path(route, self.admin_site.admin_view(view), name=f"media_photo_{name}") for route, view, name in views]
        return [*own, *super().get_urls()]

    def _found(self, request: HttpRequest, key: Any) -> Photo:
        photo = Photo.objects.filter(pk=key).first()
        if photo is None or not self.has_view_permission(request, photo):
            raise Http404
        return photo

    # The library

    def get_changelist(self, request, **kwargs):
        return PhotoList

    def get_search_results(self, request, queryset, search_term):
        """Every word must occur in what the photo says, whole, in another form, or not written to the end."""
        return desk.in_library(self.model.kind, queryset, search_term), False

    def _rights_to(self, request: HttpRequest) -> dict:
        return {
            "may_add": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "most_bytes": gate.MAX_BYTES,
        }

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, {**self._rights_to(request), **(extra_context or {})})
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            context["cards"] = cards(context["cl"].result_list)
            actions = self.get_action_choices(request, default_choices=[])
            context["actions_of_many"] = sorted(actions, key=lambda action: action[0] == "delete_selected")
        return response

    def choose_view(self, request: HttpRequest) -> HttpResponse:
        """The library as it opens above another page; with `part=grid` the photos alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            change_list = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            raise Http404 from None
        context = {"cl": change_list, "cards": cards(change_list.result_list), **self._rights_to(request)}
        template = "media/choose_grid.html" if request.GET.get("part") == "grid" else "media/choose.html"
        return TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})

    def described_view(self, request: HttpRequest, key) -> HttpResponse:
        """What a story's page shows of the photo that was just chosen."""
        photo = self._found(request, key)
        shown = described(photo)
        shown["html"] = render_to_string("media/photo_shown.html", {"photo": shown})
        return JsonResponse(shown)

    def look_view(self, request: HttpRequest, key) -> HttpResponse:
        """A photo as the library shows it at a click: the picture, whose it is, and where it is used."""
        photo = self._found(request, key)
        context = {
            "photo": photo,
            "large": photo.address(LARGE) or photo.placeholder,
            "lacks": [*photo.obstacles(), *warnings(photo)],
            "uses": [self._use(*use) for use in uses(photo)],
            "address": self.address("change", photo.pk),
            "may_change": self.has_change_permission(request, photo),
        }
        return TemplateResponse(request, "media/look.html", context, headers={"Cache-Control": "no-store"})

    # Uploads

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """One file of those that were dropped: the photo that it became, or why it was not taken."""
        if request.method != "POST":
            return JsonResponse({"error": _("Send a file.")}, status=405, headers={"Allow": "POST"})
        if not self.has_add_permission(request):
            return JsonResponse({"error": _("You may not add photos. Ask somebody who may.")}, status=403)
        file = request.FILES.get("file")
        if file is None:
            return JsonResponse({"error": _("Send a file.")}, status=400)
        photo = Photo(file=file)
        try:
            photo.full_clean()
            photo.save()
        except ValidationError as error:
            if twin := twin_of(photo):
                text = _("This picture is in the library already.")
                return JsonResponse({"error": text, "code": "twin", "twin": self._in_json(twin)}, status=409)
            return JsonResponse({"error": " ".join(error.messages)}, status=gate.status_of(error))
        self.log_addition(request, photo, [{"added": {}}])
        return JsonResponse(self._in_json(photo), status=201)

    def _in_json(self, photo: Photo) -> dict:
        shown = cards([photo])[0]
        return {
            **shown,
            "badges": [text for _name, text in shown["badges"]],
            "notices": photo.notices,
            "html": render_to_string("media/choose_card.html", {"card": shown}),
        }

    def complete_view(self, request: HttpRequest) -> HttpResponse:
        """Credit line, caption and alt text of many photos, saved at once; with `part=rows` the rows alone."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        keys = list(dict.fromkeys(uuids(request.GET.get("photos", ""))))[:AT_ONCE]
        data = request.POST if request.method == "POST" else None
        known = Photo.objects.in_bulk(keys)
        # What was written about one that has gone since is shown again, and not lost with it.
        written_about = {key for key in keys if data is not None and f"{key.hex}-caption" in data}
        photos = [known.get(key) or Photo(pk=key) for key in keys if key in known or key in written_about]
        if not photos:
            raise Http404
        written = [self._row(request, photo, data) for photo in photos]
        photos = [photo for photo, _form in written]
        refused = [form for _photo, form in written if form.errors]
        is_part = request.GET.get("part") == "rows"
        if data is not None and not refused:
            return self._completed(request, photos, is_part=is_part)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Check credits, captions and alt texts"),
            "rows": [{"form": form, "card": card(photo), "notices": photo.notices} for photo, form in written],
            "refused": len(refused),
            "media": self.media,
        }
        template = "media/complete_rows.html" if is_part else "media/complete.html"
        return TemplateResponse(request, template, context, status=422 if refused and is_part else 200)

    def _row(self, request: HttpRequest, photo: Photo, data: Any) -> tuple[Photo, CompletionForm]:
        """A photo with its row of the page, saved if one was sent that can be."""
        if data is None:
            return photo, CompletionForm(instance=photo, prefix=photo.pk.hex)
        with self.lock(request, photo.pk):
            now = Photo.objects.filter(pk=photo.pk).first()
            form = CompletionForm(data, instance=now or photo, prefix=photo.pk.hex)
            if now is None:
                form.add_error(None, _("It has since been deleted."))
            elif not form.is_valid():
                now.refresh_from_db()
            elif form.has_changed():
                form.save()
                self.log_change(request, now, [{"changed": {"fields": form.changed_data}}])
        return now or photo, form

    def _completed(self, request: HttpRequest, photos: list[Photo], *, is_part: bool) -> HttpResponse:
        if is_part:
            return JsonResponse({"photos": [self._in_json(photo) for photo in photos]})
        text = ngettext("%(number)d photo saved.", "%(number)d photos saved.", len(photos)) % {"number": len(photos)}
        self.message_user(request, text, messages.SUCCESS)
        lacking = sum(1 for photo in photos if any(photo.obstacles()))
        if lacking:
            text = ngettext(
                "%(number)d of them cannot be published yet: it lacks its credit or its alt text.",
                "%(number)d of them cannot be published yet: they lack their credit or their alt text.",
                lacking,
            )
            self.message_user(request, text % {"number": lacking}, messages.WARNING)
        return HttpResponseRedirect(self.address("changelist"))

    @admin.action(description=gettext_lazy("Edit credit, caption and alt text"), permissions=["change"])
    def complete_selected(self, request, queryset):
        keys = ",".join(str(key) for key in queryset.values_list("pk", flat=True)[:AT_ONCE])
        return HttpResponseRedirect(f"{self.address('complete')}?photos={keys}")

    # One photo

    def get_fieldsets(self, request, obj=None):
        """A new photo has a file to choose; a known one has its own page to replace it."""
        if obj is None:
            return super().get_fieldsets(request, obj)
        (name, options), *rest = super().get_fieldsets(request, obj)
        return [(name, {**options, "fields": [field for field in options["fields"] if field != "file"]}), *rest]

    def lock(self, request, object_id):
        """A new file is looked into, which takes a second, before anybody has to wait for it."""
        return super().lock(request, object_id) if object_id else nullcontext()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        # Not in one transaction with the making of the sizes. What is saved is saved by one call, in one of its own.
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except ValidationError:  # the same picture came in meanwhile: the form knows by now
            return self._changeform_view(request, object_id, form_url, extra_context)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in {"alt_text", "caption", "usage_terms", "extended_description"}:
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2 if db_field.name == "alt_text" else 3})
        if db_field.name == "file":
            kwargs["widget"] = FileChoice(attrs={"accept": "image/*"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context.update(
                {
                    "large": obj.address(LARGE) or obj.placeholder,
                    "crops": {name.replace("x", ":"): ratio for name, ratio in images.CROPS.items() if ratio},
                    "lacks": [*obj.obstacles(), *warnings(obj)],
                    "uses": [self._use(*use) for use in uses(obj)],
                    "sizes_state": sizes_state(obj),
                    "metadata": list(metadata_rows(obj.metadata)),
                }
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _use(self, row, is_live) -> dict:
        opts = row._meta
        try:
            address = reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
        except NoReverseMatch:
            address = ""
        return {"kind": capfirst(opts.verbose_name), "row": row, "address": address, "is_live": is_live}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for text in obj.obstacles():
            self.message_user(request, text, messages.WARNING)

    def original_view(self, request: HttpRequest, key) -> FileResponse:
        """The file as it was sent, for those who may change photos; readers never get it."""
        photo = self._found(request, key)
        if not self.has_change_permission(request, photo):
            raise PermissionDenied
        try:
            content = photo.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        name = (photo.file_name or str(photo.pk)).rsplit(".", 1)[0] or "photo"
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
        return FileResponse(content, as_attachment=True, filename=f"{name}.{photo.extension}", headers=headers)

    def replace_view(self, request: HttpRequest, key) -> HttpResponse:
        """Another file for a photo, which keeps every use."""
        photo = self._found(request, key)
        if not self.has_change_permission(request, photo):
            raise PermissionDenied
        form = ReplaceForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                photo.replace_file(form.cleaned_data["file"])
            except ValidationError as error:
                form.add_error("file", error.messages)
            else:
                self.log_change(request, photo, [{"changed": {"fields": ["file"]}}])
                text = _("The file is replaced. Check that credit, caption and focal point fit it.")
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(self.address("change", key))
            photo.refresh_from_db()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Replace the file"),
            "photo": photo,
            "form": form,
            "thumbnail": photo.address(LARGE) or photo.placeholder,
            "uses": [self._use(*use) for use in uses(photo)],
            "is_aside": True,
            "back": page_of(photo),
            "media": self.media,
        }
        return TemplateResponse(request, "media/replace.html", context)

    def what_keeps(self, obj):
        """What shows it, and what has it anywhere in its text."""
        yield from (row for row, _is_live in uses(obj))
        yield from drafts_with(obj)


def sizes_state(photo: Photo) -> str:
    if photo.sizes_fault:
        return _(photo.sizes_fault)
    return _("Its sizes are being made") if photo.sizes_due_at else _("All sizes are made")


def metadata_rows(metadata: dict):
    """What a file says of itself, by the standard that it says it in."""
    for group, values in metadata.items():
        rows = values.items() if isinstance(values, dict) else [("", values)]
        shown = [(name, in_a_line(value)) for name, value in rows if value not in (None, "", [], {})]
        if shown:
            yield group.upper(), shown


def in_a_line(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(in_a_line(inner) for inner in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
