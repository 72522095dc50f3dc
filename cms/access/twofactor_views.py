"""The page on which everybody sets up their own second factor, and the gate before which those stand who must."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cms.access import slowdown, twofactor
from cms.access.login import wait_for_code_in_words

NEW_KEY = "new_device_key"  # in the session, until a code has shown that the app has it
OPEN = {"admin:logout", "admin:jsi18n", "two-factor", "script-words", "choose-language"}


@never_cache
@sensitive_post_parameters()
def two_factor(request: HttpRequest) -> HttpResponse:
    if not settings.TWO_FACTOR:
        raise Http404
    context: dict[str, Any] = {**admin.site.each_context(request), "title": _("Two-factor login")}
    context["is_required"] = settings.REQUIRE_TWO_FACTOR
    device = twofactor.device_of(request.user)
    if request.method == "POST" and device and "act" in request.POST:
        context["error"] = _act(request, context)
        if context["error"] is None and "codes" not in context:
            return HttpResponseRedirect(reverse("two-factor"))
        device = twofactor.device_of(request.user)
    elif request.method == "POST" and NEW_KEY in request.session:
        codes = twofactor.set_up(request, request.session[NEW_KEY], request.POST.get("code", ""))
        if codes is None:
            context["error"] = _(
                "That code is not right. Take the one that the app shows now. If it never is, set the phone's clock "
                "to automatic."
            )
        else:
            del request.session[NEW_KEY]
            context["codes"] = codes
            device = twofactor.device_of(request.user)
    is_replacing = bool(device and NEW_KEY in request.session)
    if not device or is_replacing:
        key = request.session.setdefault(NEW_KEY, twofactor.new_key())
        width, path = twofactor.picture(twofactor.address_for_apps(request.user, key))
        context |= {"key": twofactor.readable(key), "qr_width": width, "qr_path": path, "is_replacing": is_replacing}
    else:
        context["device"] = device
        context["codes_left"] = twofactor.recovery_codes_left(request.user)
    return TemplateResponse(request, "access/two_factor.html", context)


def _act(request: HttpRequest, context: dict[str, Any]) -> str | None:
    """What somebody does with their second factor, who shows that they have it. Answers what was wrong."""
    if request.POST["act"] == "keep":
        request.session.pop(NEW_KEY, None)
        return None
    user = request.user
    try:
        attempt = slowdown.begin(request, "code", user.get_username(), browser="one that is logged in")
    except slowdown.Waiting as waiting:
        return wait_for_code_in_words(waiting.seconds)
    if twofactor.accepts(user, request.POST.get("code", "")) is None:
        return _("That code is not right. Take the one that the app shows now, each works once.")
    attempt.succeed()
    match request.POST["act"]:
        case "codes":
            context["codes"] = twofactor.make_recovery_codes(user)
        case "replace":
            request.session[NEW_KEY] = twofactor.new_key()
        case "off" if not settings.REQUIRE_TWO_FACTOR:
            twofactor.remove(user)
            request.session.pop(twofactor.IN_SESSION, None)
            twofactor.logger.warning("%r logs in without a code from now on", user.get_username())
            messages.success(request, _("From now on you log in with your password alone."))
    return None


class TwoFactorMiddleware:
    """Where a second factor is required, whoever has none is led to set one up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.REQUIRE_TWO_FACTOR or not request.path_info.startswith(reverse("admin:index")):
            return None
        if not request.user.is_authenticated or twofactor.IN_SESSION in request.session:
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN:
            return None
        if twofactor.device_of(request.user):  # a session from before it was required
            logout(request)
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return HttpResponseRedirect(reverse("two-factor"))
