from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from cms.transfer.exporting import Export
from cms.transfer.lines import Stopped
from cms.transfer.report import counted


class Command(BaseCommand):
    help = "Write all content into an NDJSON file, its files into folders beside it, as import_content takes it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    @no_translations
    def handle(self, file: Path, **options: Any) -> str:
        if not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent}; make it first.")
        if file.is_dir():
            raise CommandError(f"{file} is a folder; name a file in it.")
        run = Export(file)
        try:
            run.run()
        except Stopped as error:
            raise CommandError(f"{file}: {error}.") from None
        for complaint in run.complaints:
            self.stderr.write(complaint)
        summary = ", ".join(counted(number, kind) for kind, number in run.counts.items() if number) or "nothing"
        if run.complaints:
            raise CommandError(f"{summary} written, {counted(len(run.complaints), 'complaint')}.")
        return f"{summary} written."
