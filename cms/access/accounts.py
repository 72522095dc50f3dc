"""What those who look after accounts can do with somebody's second factor: take it away when the phone is lost."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from cms.access import twofactor
from cms.publishing import press
from cms.publishing.models import Act


class TwoFactorMixin:
    """Of the page of an account."""

    change_form_template = "access/account.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.reset_two_factor)
        return [path("<path:object_id>/two-factor/", view, name="reset-two-factor"), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["can_reset"] = bool(
            obj and self.has_change_permission(request, obj) and twofactor.device_of(obj) and obj != request.user
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def reset_two_factor(self, request, object_id):
        account = self.get_object(request, unquote(object_id)) if settings.TWO_FACTOR else None
        if account is None:
            raise Http404
        # One's own is changed with a code, on a page of its own: a desk left open must not be enough.
        if not self.has_change_permission(request, account) or account == request.user:
            raise PermissionDenied
        address = reverse("admin:auth_user_change", args=[account.pk])
        if request.method == "POST":
            with transaction.atomic():  # never done without a line in the log
                twofactor.remove(account)
                twofactor.end_sessions(account)
                Act.objects.create(
                    verb=Act.Verb.RESET_TWO_FACTOR,
                    kind=Act.ACCOUNT,
                    key=uuid.UUID(int=account.pk),
                    title=press.name_of(account)[:200],
                    by=request.user,
                    by_name=press.name_of(request.user)[:200],
                )
            text = _("%(name)s logs in with the password alone now, and was logged out everywhere.")
            messages.success(request, text % {"name": account})
            return HttpResponseRedirect(address)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reset two-factor login"),
            "account": account,
            "back": address,
            "opts": self.opts,
        }
        return TemplateResponse(request, "access/reset.html", context)
