from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from cms.publishing import reading

MOST_SAID = 1000


class Command(BaseCommand):
    help = "Make the readers' JSON that is missing; with --all, throw everything away first and make it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true")

    @no_translations
    def handle(self, **options: Any) -> str:
        if options["all"]:
            reading.clear_all()
        made = reading.render_missing()
        failed = reading.unrenderable()
        for publication in failed[:MOST_SAID]:
            name = publication.slug or publication.key
            self.stderr.write(f'{publication.kind} "{name}": it cannot be shown to readers; check_content says why')
        if number := failed.count():
            raise CommandError(f"{made} publications rendered; readers go without {number} of those that are live.")
        return f"{made} publications rendered."
