from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from cms.backup import saving


class Command(BaseCommand):
    help = "Write all of this newsroom (rows, uploads, the secret key) to one file, while it goes on working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    @no_translations
    def handle(self, **options: Any) -> str:
        path = options["file"]
        if not path.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {path.absolute().parent}; make it first.")
        try:
            counts = saving.save(path)
        except saving.Refused as error:
            raise CommandError(str(error)) from error
        size = path.stat().st_size / 1_000_000
        written = f"{counts.rows} rows and {counts.files} files in {path}, {size:.1f} MB."
        return f"{written} Whoever reads it knows everything."
