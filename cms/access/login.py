"""The way into the desk: a name, a password."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from cms.access import browsers, slowdown
from cms.access.addresses import address_of

logger = logging.getLogger(__name__)


class LoginForm(AdminAuthenticationForm):
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("The user name or the password is not right. Capital letters matter in both."),
    }

    waits = 0  # seconds until the next try

    def clean(self):
        username = self.cleaned_data.get("username")
        if not username or not self.cleaned_data.get("password") or settings.LOGIN_GUARD != "own":
            return super().clean()
        try:
            attempt = slowdown.begin(self.request, "password", username, browsers.token_of(self.request, username))
        except slowdown.Waiting as waiting:
            self.waits = waiting.seconds
            raise ValidationError(wait_in_words(waiting.seconds), code="waiting") from None
        try:
            cleaned = super().clean()
        except ValidationError:
            if attempt.seconds:
                slowdown.note_failure(self.request, "password", username, attempt.seconds)
                text = f"{self.error_messages['invalid_login']} {wait_in_words(attempt.seconds)}"
                raise ValidationError(text, code="invalid_login") from None
            raise
        attempt.succeed()
        return cleaned


def wait_in_words(seconds: int) -> str:
    return _(
        "There were many wrong tries, so wait %(time)s before the next one. If you have forgotten your password, "
        "a managing editor can give you a new one."
    ) % {"time": slowdown.in_words(seconds)}


@method_decorator(never_cache, name="dispatch")
class DeskLoginView(LoginView):
    """Django's own login of the admin, that slows down who guesses."""

    authentication_form = LoginForm
    template_name = "admin/login.html"

    def dispatch(self, request, *args, **kwargs):
        if request.method == "GET" and admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        request.current_app = admin.site.name
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self):
        return reverse("admin:index")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{**login_context(self.request), **kwargs})

    def form_valid(self, form):
        response = super().form_valid(form)
        return self.let_in(response)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.waits:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.waits)
        return response

    def let_in(self, response: HttpResponse) -> HttpResponse:
        user = self.request.user
        logger.info("%r logged in from %s", user.get_username(), address_of(self.request) or "an unknown address")
        browsers.remember(self.request, response, user.get_username())
        return response


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """What django-axes answers, where it is installed, to whoever has tried too often."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    form = LoginForm(request, data=request.POST)
    form.cleaned_data = {}
    form._errors = ErrorDict()
    form.add_error(None, wait_in_words(seconds))
    context = {**login_context(request), "form": form}
    response = TemplateResponse(request, DeskLoginView.template_name, context, status=429)
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response.render()


def login_context(request: HttpRequest) -> dict[str, Any]:
    context = {
        **admin.site.each_context(request),
        "title": _("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
    }
    if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
        context[REDIRECT_FIELD_NAME] = reverse("admin:index")
    return context
