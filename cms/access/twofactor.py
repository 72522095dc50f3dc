"""The second factor: a code from an app on somebody's phone, by django-otp. Nothing of it shows where that is missing.

Whoever logs in with a code has a session that remembers the device. A device that is set up, replaced or taken away
ends the account's other sessions: none that began without it goes on. Recovery codes are kept as digests, in the rows
of django-otp's own tables, so that whoever reads the database cannot use them.
"""

import base64
import logging
import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
DIGITS = 6
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
IN_SESSION = "otp_device_id"  # django-otp's own name


def device_of(user: Any) -> Any:
    """The app that somebody logs in with, or none."""
    if not settings.TWO_FACTOR:
        return None
    from django_otp.plugins.otp_totp.models import TOTPDevice

    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("-pk").first()


def accepts(user: Any, code: str) -> Any:
    """The device that a code comes from, if it is right. A recovery code is used up by it."""
    from django_otp import verify_token
    from django_otp.plugins.otp_static.models import StaticDevice

    typed = "".join(code.lower().split()).replace("-", "")
    device = device_of(user)
    if device is None or not typed.isascii():
        return None
    if len(typed) == DIGITS and typed.isdigit():
        return verify_token(user, device.persistent_id, typed)
    for codes in StaticDevice.objects.filter(user=user, confirmed=True):
        if len(typed) == RECOVERY_LENGTH and verify_token(user, codes.persistent_id, _digest(user, typed)):
            logger.warning("%r used a recovery code; %s are left", user.get_username(), recovery_codes_left(user))
            return device
    return None


def new_key() -> str:
    return secrets.token_hex(20)


def readable(key: str) -> str:
    """A key as an app takes it by hand."""
    text = base64.b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_for_apps(user: Any, key: str) -> str:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    return TOTPDevice(user=user, key=key, digits=DIGITS).config_url


def picture(text: str) -> tuple[int, str]:
    """A QR code: how many squares it is wide, and its dark ones as the path of an SVG."""
    import qrcode

    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return len(rows), "".join(dark)


def set_up(request: HttpRequest, key: str, code: str) -> list[str] | None:
    """Take a key into use if its app shows the right code, in place of any before it; answers new recovery codes."""
    from django_otp import login
    from django_otp.oath import TOTP
    from django_otp.plugins.otp_totp.models import TOTPDevice

    typed = "".join(code.split())
    totp = TOTP(bytes.fromhex(key), digits=DIGITS)
    totp.time = time.time()
    if not (typed.isascii() and typed.isdigit() and len(typed) == DIGITS and totp.verify(int(typed), 1)):
        return None
    with transaction.atomic():
        remove(request.user)
        device = TOTPDevice.objects.create(
            user=request.user, name="app", key=key, digits=DIGITS, drift=totp.drift, last_t=totp.t()
        )
        codes = make_recovery_codes(request.user)
        end_sessions(request.user, but=request.session.session_key)
    login(request, device)
    logger.info("%r logs in with a code from now on", request.user.get_username())
    return codes


def make_recovery_codes(user: Any) -> list[str]:
    """New recovery codes, to be shown once; those before them are of no use any more."""
    from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

    codes = ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery codes")
        StaticToken.objects.bulk_create([StaticToken(device=device, token=_digest(user, code)) for code in codes])
    half = RECOVERY_LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def recovery_codes_left(user: Any) -> int:
    from django_otp.plugins.otp_static.models import StaticToken

    return StaticToken.objects.filter(device__user=user).count()


def remove(user: Any) -> None:
    """Forget somebody's app and recovery codes."""
    from django_otp.plugins.otp_static.models import StaticDevice
    from django_otp.plugins.otp_totp.models import TOTPDevice

    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=user).delete()


def end_sessions(user: Any, but: str | None = None) -> None:
    """Log somebody out everywhere, but for one session."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        held = session.get_decoded()
        if BACKEND_SESSION_KEY in held and held.get(SESSION_KEY) == str(user.pk) and session.session_key != but:
            session.delete()


def _digest(user: Any, code: str) -> str:
    keyed = salted_hmac("cms.access.twofactor", f"{user.pk} {code}", algorithm="sha256")
    return base64.b32encode(keyed.digest()[:10]).decode().lower()
