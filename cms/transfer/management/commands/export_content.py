from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cms.transfer.exporting import Export
from cms.transfer.lines import counted


class Command(BaseCommand):
    help = "Write all content into an NDJSON file, pictures into a folder beside it, as import_content takes it back."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        if not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent}; make it first.")
        run = Export(file)
        run.run()
        return ", ".join(counted(number, kind) for kind, number in run.counts.items()) + " written."
