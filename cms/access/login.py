"""The way into the desk: a name, a password, and a code where somebody has set one up."""

import logging
import time
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model, login
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from cms.access import browsers, slowdown, twofactor
from cms.access.addresses import address_of
from cms.access.sessions import note_login

HALF_IN = "login_half_done"  # in the session
CODE_WITHIN = 600  # seconds

logger = logging.getLogger(__name__)


class LoginForm(AdminAuthenticationForm):
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("The user name or the password is not right. Capital letters matter in both."),
    }

    waits = 0  # seconds until the next try

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self):
        username = self.cleaned_data.get("username")
        if not username or not self.cleaned_data.get("password"):
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


def wait_for_code_in_words(seconds: int) -> str:
    return _("There were many wrong codes, so wait %(time)s before the next one.") % {
        "time": slowdown.in_words(seconds)
    }


def wait_in_words(seconds: int) -> str:
    return _(
        "There were many wrong tries, so wait %(time)s before the next one. If you have forgotten your password, "
        "a managing editor can give you a new one."
    ) % {"time": slowdown.in_words(seconds)}


@method_decorator(never_cache, name="dispatch")
class DeskLoginView(LoginView):
    """Django's own login of the admin, that slows down who guesses and asks for a code after the password."""

    authentication_form = LoginForm
    template_name = "admin/login.html"

    def dispatch(self, request, *args, **kwargs):
        if request.method == "GET" and admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        request.current_app = admin.site.name
        if request.method == "GET" and "again" in request.GET:
            request.session.pop(HALF_IN, None)
            kept = request.GET.copy()
            del kept["again"]  # or the page that asks for the code would begin again as well
            return HttpResponseRedirect(f"{request.path}?{kept.urlencode()}".rstrip("?"))
        if request.method == "GET" and half_in(request):
            return self.ask_for_code()
        if request.method == "POST" and "code" in request.POST:
            return self.take_code()
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self):
        return reverse("admin:index")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{**login_context(self.request), **kwargs})

    def form_valid(self, form):
        user = form.get_user()
        if not twofactor.device_of(user):
            return self.let_in(super().form_valid(form), user)
        self.request.session.cycle_key()
        self.request.session[HALF_IN] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "backend": user.backend,
            "until": time.time() + CODE_WITHIN,
            "next": self.get_success_url(),
        }
        return HttpResponseRedirect(self.request.get_full_path())

    def ask_for_code(self, error: str = "", waits: int = 0) -> HttpResponse:
        context = {**login_context(self.request), "error": error}
        response = TemplateResponse(self.request, "access/code.html", context, status=429 if waits else 200)
        if waits:
            response.headers["Retry-After"] = str(waits)
        return response

    def take_code(self) -> HttpResponse:
        """The second step: whoever has shown their password shows that they have their phone."""
        user, code = half_in(self.request), self.request.POST["code"]
        if user is None:
            messages.warning(self.request, _("That took too long. Log in once more."))
            return HttpResponseRedirect(self.request.get_full_path())
        username = user.get_username()
        try:
            attempt = slowdown.begin(self.request, "code", username, browsers.token_of(self.request, username))
        except slowdown.Waiting as waiting:
            return self.ask_for_code(wait_for_code_in_words(waiting.seconds), waiting.seconds)
        device = twofactor.accepts(user, code)
        if device is None:
            error = _("That code is not right. Take the one that the app shows now; each works once.")
            if attempt.seconds:
                slowdown.note_failure(self.request, "code", username, attempt.seconds)
                error = f"{error} {wait_for_code_in_words(attempt.seconds)}"
            return self.ask_for_code(error)
        attempt.succeed()
        kept = self.request.session.pop(HALF_IN)
        user.otp_device = device  # which django-otp puts into the session
        login(self.request, user, backend=kept["backend"])
        return self.let_in(HttpResponseRedirect(kept["next"]), user)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.waits:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.waits)
        return response

    def let_in(self, response: HttpResponse, user: Any) -> HttpResponse:
        logger.info("%r logged in from %s", user.get_username(), address_of(self.request) or "an unknown address")
        note_login(self.request)
        browsers.remember(self.request, response, user.get_username())
        return response


def half_in(request: HttpRequest) -> Any:
    """Whoever has shown the right password in this browser, and now has to show a code."""
    held = request.session.get(HALF_IN)
    if not held or held["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=held["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), held["hash"]):
        return None
    return user if twofactor.device_of(user) else None


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
