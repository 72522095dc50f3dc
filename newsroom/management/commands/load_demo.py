import json
import os
import secrets
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, no_translations
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cms.content import masthead
from cms.content.serializers import rfc3339
from cms.publishing.models import Version

DEMO = Path(__file__).resolve().parents[2] / "demo"
USERNAME = "editor"


class Command(BaseCommand):
    help = "Fill an empty newsroom with the demo's stories, and make a login for its desk. Once: then it does nothing."

    @no_translations
    def handle(self, **options):
        unfinished = settings.DATA_DIR / "demo_unfinished"
        if Version.objects.exists() and not unfinished.exists():
            self.stdout.write("There is content already; it stays as it is.")
        else:
            unfinished.touch()
            self.stdout.write("Printing the demo's stories and pictures (half a minute) ...")
            with tempfile.TemporaryDirectory() as folder:
                call_command("import_content", write_shifted(Path(folder)), stdout=self.stdout, stderr=self.stderr)
            make_login()
            unfinished.unlink()
        self.stdout.write(welcome())


def write_shifted(folder: Path) -> Path:
    """The demo's content as if it had been written today, in a folder with its pictures."""
    lines = [json.loads(line) for line in (DEMO / "content.ndjson").read_text().splitlines()]
    file = folder / "content.ndjson"
    with file.open("w") as out:
        for line in shifted(lines, timezone.now()):
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    for files in ("photos", "videos", "tracks"):
        shutil.copytree(DEMO / files, folder / files)
    return file


def shifted(lines: list[dict], now: datetime) -> list[dict]:
    """The lines with every time moved by whole days.

    What the newest blurb stands for is less than a day old, and what was scheduled after it is still ahead.
    """
    newest = max(moment_of(line) for line in lines if line["kind"] == "blurb")
    days = timedelta(days=(now - newest) // timedelta(days=1))
    return [
        {
            name: moved(name, value, days + timedelta(days=1) if is_due(line, newest, days, now) else days)
            for name, value in line.items()
        }
        for line in lines
    ]


def moment_of(line: dict) -> datetime:
    return parse_datetime(line.get("published_at") or "") or datetime.min.replace(tzinfo=UTC)


def is_due(line: dict, newest: datetime, days: timedelta, now: datetime) -> bool:
    """Whether something scheduled would go live before anybody has seen it scheduled."""
    return moment_of(line) > newest and moment_of(line) + days <= now


def moved(name: str, value: Any, days: timedelta) -> Any:
    """A value, and the times anywhere in it, later by some days."""
    if isinstance(value, dict):
        return {key: moved(key, inner, days) for key, inner in value.items()}
    if isinstance(value, list):
        return [moved(name, inner, days) for inner in value]
    if isinstance(value, str) and name.endswith(("_at", "_until")):
        return rfc3339(parse_datetime(value) + days)
    return value


def login_file() -> Path:
    return settings.DATA_DIR / "demo_login"


def make_login() -> None:
    """An editor who may do everything, with a password of this newsroom's own, kept where only its owner can read."""
    user_model = get_user_model()
    if user_model.objects.filter(username=USERNAME).exists():
        return
    password = secrets.token_urlsafe(9)
    user_model.objects.create_superuser(USERNAME, password=password, first_name="Demo", last_name="Editor")
    with open(os.open(login_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password)


def welcome() -> str:
    """Where everything is."""
    url = settings.PUBLIC_URL
    lines = [
        "",
        f"  {masthead.current().name}",
        "",
        f"  Newspaper    {url}/" if settings.FRONT == "demo" else f"  Front page   {url}/",
        f"  The desk     {url}/admin/",
        f"  News feed    {url}/api/v1/feed/",
        f"  API docs     {url}/api/docs/",
        "",
    ]
    if login_file().exists():
        lines += [f"  Demo login   {USERNAME}", f"  Password     {login_file().read_text()}", ""]
    return "\n".join(lines)
