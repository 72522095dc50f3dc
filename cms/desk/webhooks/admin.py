"""Webhooks at the desk: who is told of changes, what became of it, and what can be done about it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms import background
from cms.delivery import receivers, seals
from cms.delivery.models import Endpoint, Resend
from cms.delivery.receivers.indexnow import key_location
from cms.desk.pages.admin import DeskAdmin
from cms.desk.webhooks.forms import ONLY, EndpointForm, SinceForm, narrowing, with_narrowing
from cms.desk.webhooks.words import state_of, states_of, words_of
from cms.publishing.models import Change, Edition

SHOWN_ATTEMPTS = 50
WRITTEN = ["name", "url", "site", "token", "events", "kinds", "only"]  # on the page; the rest is the background's


@admin.register(Endpoint)
class EndpointAdmin(DeskAdmin):
    """Those that are told of changes. For whoever has the permission: at first superusers alone."""

    form = with_narrowing(EndpointForm)
    change_form_template = "desk/webhook.html"
    list_display = ["name", "what_it_is", "standing", "waiting", "last_told"]
    search_fields = ["name"]

    class Media:
        css = {"all": ["desk/webhooks.css"]}

    def get_fieldsets(self, request, obj=None):
        only = [ONLY + kind.Meta.kind for kind in narrowing()]
        receiver = receivers.ALL.get(obj.receiver) if obj else None
        first = ["name", "receiver", "url"]
        if receiver is None or receiver.needs_site:
            first.append("site")
        if receiver is None or receiver.takes_token:
            first.append("token")
        chosen = [(_("Of what it is told"), {"fields": ["events", "kinds", *only]})]
        return [(None, {"fields": first}), *(chosen if receiver is None or receiver.chooses else [])]

    def save_model(self, request, obj, form, change):
        """Leaves alone what the background writes, which goes on meanwhile."""
        if not change:
            obj.save()
            return
        obj.save(update_fields=WRITTEN)
        if {"url", "site", "token"} & set(form.changed_data):  # what may have been wrong: it is tried at once
            Endpoint.objects.filter(pk=obj.pk, is_on=True).update(tries=0, next_try_at=None)
            background.wake()

    # The list

    @admin.display(description=gettext_lazy("what it is"), ordering="receiver")
    def what_it_is(self, endpoint):
        return receivers.named(endpoint.receiver).label

    @admin.display(description=gettext_lazy("state"))
    def standing(self, endpoint):
        state = state_of(endpoint)
        return format_html('<span class="state state-{}">{}</span>', state.name, state.words)

    @admin.display(description=gettext_lazy("to be told"), empty_value="")
    def waiting(self, endpoint):
        newest = self._newest()
        return newest - endpoint.after if newest > endpoint.after else None

    @admin.display(description=gettext_lazy("last told"), ordering="told_at", empty_value="")
    def last_told(self, endpoint):
        return words_of(endpoint.told_at) or None

    def _newest(self) -> int:
        return Edition.objects.values_list("number", flat=True).get(pk=1)

    # The page

    def get_urls(self):
        return [self.page("<int:pk>/do/<slug:act>/", "do", self.act_view), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.pk:
            context |= {
                "endpoint": obj,
                "receiver": receivers.named(obj.receiver),
                "state": state_of(obj),
                "may_act": self.has_change_permission(request, obj),
                "behind": max(0, self._newest() - obj.after),
                "attempts": states_of(obj.attempts.order_by("-pk")[:SHOWN_ATTEMPTS]),
                "since_form": SinceForm(auto_id="id_since_%s"),
                "do": {act.replace("-", "_"): self.address("do", obj.pk, act) for act in self.acts},
                "key_location": key_location(obj.site) if obj.receiver == "indexnow" else "",
            }
        else:
            context["receivers"] = receivers.ALL.values()
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request, obj, post_url_continue=None):
        if obj.secret:
            return self._secret_page(request, obj, seals.opened(obj.secret))
        return HttpResponseRedirect(self.address("change", obj.pk))

    def _secret_page(self, request: HttpRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
        """The one page that a secret is ever shown on."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The secret of “%(name)s”") % {"name": endpoint},
            "secret": secret,
            "has_former": bool(endpoint.former_secret),
            "back": self.address("change", endpoint.pk),
            "opts": self.opts,
        }
        response = TemplateResponse(request, "desk/webhook_secret.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    # What can be done

    def act_view(self, request, pk, act):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        endpoint = Endpoint.objects.filter(pk=pk).first()
        do: Callable | None = self.acts.get(act)
        if endpoint is None or do is None:
            raise Http404
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        response = do(self, request, endpoint)
        background.wake()
        self.log_change(request, endpoint, act)
        return response or HttpResponseRedirect(self.address("change", pk))

    def send_test(self, request: HttpRequest, endpoint: Endpoint) -> None:
        Resend.objects.create(endpoint=endpoint)
        messages.info(request, _("A test is on its way. Reload this page to see the result below."))

    def send_again(self, request: HttpRequest, endpoint: Endpoint) -> None:
        edition = request.POST.get("edition", "")
        if not (edition.isascii() and edition.isdigit() and len(edition) < 19):
            raise Http404
        Resend.objects.create(endpoint=endpoint, edition=int(edition))
        messages.info(request, _("It is on its way once more. Reload this page to see the result below."))

    def send_since(self, request: HttpRequest, endpoint: Endpoint) -> None:
        """Everything of the last hours once more, in its order, and whatever has come since."""
        form = SinceForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose from when on."))
            return
        moment = timezone.now() - timedelta(hours=form.cleaned_data["hours"])
        before = (
            Change.objects.filter(at__lt=moment).order_by("-edition").values_list("edition", flat=True).first() or 0
        )
        after = min(before, endpoint.after)
        self._go_on(endpoint, after=after)
        number = self._newest() - after
        text = ngettext("%(number)d change is sent once more.", "%(number)d changes are sent once more.", number)
        messages.success(request, text % {"number": number})

    def turn_on(self, request: HttpRequest, endpoint: Endpoint) -> None:
        self._go_on(endpoint)
        messages.success(request, _("It is on, and is sent what it has missed."))

    def turn_on_now(self, request: HttpRequest, endpoint: Endpoint) -> None:
        self._go_on(endpoint, after=self._newest())
        messages.success(request, _("It is on, and is told of what comes from now on."))

    def _go_on(self, endpoint: Endpoint, **values: Any) -> None:
        rows = Endpoint.objects.filter(pk=endpoint.pk)
        moved = {"mark": ""} if "after" in values else {}
        rows.update(is_on=True, off_reason="", off_at=None, tries=0, next_try_at=None, **moved, **values)

    def turn_off(self, request: HttpRequest, endpoint: Endpoint) -> None:
        rows = Endpoint.objects.filter(pk=endpoint.pk)
        rows.update(is_on=False, off_reason="", off_at=timezone.now(), tries=0, next_try_at=None)
        messages.success(request, _("It is off, and is told nothing until you turn it on."))

    def rotate(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse | None:
        if not receivers.named(endpoint.receiver).has_secret:
            raise Http404
        return self._secret_page(request, endpoint, endpoint.rotate())

    acts = {
        "test": send_test,
        "again": send_again,
        "since": send_since,
        "on": turn_on,
        "on-now": turn_on_now,
        "off": turn_off,
        "rotate": rotate,
    }
