from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cms.api import keys
from cms.api.models import Scope
from cms.text import moments


class Command(BaseCommand):
    help = "Make a key for programs that use the API. It is printed, alone on its line, and can never be seen again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help='what uses it, such as "Wire desk"; the history and the log name it')
        parser.add_argument("--user", required=True, help="the account that it acts for, and whose rights bound it")
        parser.add_argument("--scopes", required=True, help=f"some of {','.join(Scope.values)}, with commas")
        parser.add_argument("--expires", help="when it ends, such as 2027-01-31; left out: when it is revoked")
        parser.add_argument("--from", dest="networks", help="only from these addresses or networks, with commas")

    def handle(self, **options: Any) -> str:
        accounts = get_user_model()._default_manager.filter(username=options["user"], is_active=True)
        account = accounts.first()
        if account is None:
            raise CommandError(f'There is no active account "{options["user"]}".')
        try:
            expires_at = moments.read(options["expires"]) if options["expires"] else None
        except ValueError as error:
            raise CommandError("--expires: write a time such as 2027-01-31 or 2027-01-31T12:00:00Z.") from error
        try:
            _key, secret = keys.make(
                options["name"],
                account,
                members(options["scopes"]),
                expires_at=expires_at,
                networks=members(options["networks"] or ""),
            )
        except ValidationError as error:
            lines = [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
            raise CommandError("\n".join(lines)) from error
        return secret


def members(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
