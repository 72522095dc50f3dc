"""How long somebody stays logged in: a week after the last day at the desk, and never ended by writing through it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

SEEN = "seen_on"  # in the session: the day of the last look, so that a session is written once a day and not each time


def note_login(request: HttpRequest) -> None:
    request.session[SEEN] = timezone.now().toordinal()


class StayingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.accessed and session.get(SEEN, 0) not in {0, timezone.now().toordinal()}:
            note_login(request)
        return response
