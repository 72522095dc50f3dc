from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from cms.backup import archive, restoring, saving


class Command(BaseCommand):
    help = "Bring back what `backup` wrote, into an empty newsroom. Stop the server first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="Delete all that is there.")
        parser.add_argument("--check", action="store_true", help="Only see whether the file is whole and fits.")

    @no_translations
    def handle(self, **options: Any) -> str:
        path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            if options["check"]:
                manifest = restoring.check(path)
                return f"{path} is whole, made at {manifest['made_at']} by Galley {manifest['galley']}."
            counts = restoring.restore(path, replace=options["force"])
        except (archive.Damaged, saving.Refused) as error:
            raise CommandError(str(error)) from error
        return f"{counts.rows} rows and {counts.files} files restored."
