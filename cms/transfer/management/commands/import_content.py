import sys
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import connection

from cms.publishing import reading
from cms.transfer.foreign import Converted, as_lines, forms
from cms.transfer.importing import Import, kinds_of_lines
from cms.transfer.lines import Stopped
from cms.transfer.report import Report


class Command(BaseCommand):
    help = "Take in content of every kind from an NDJSON file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = f"{self.help} A line is of one of these kinds: {', '.join(kinds_of_lines())}."
        parser.add_argument("file", type=Path, help="One JSON object a line; its files lie in a folder beside it.")
        parser.add_argument("--dry-run", action="store_true", help="Check everything, keep nothing.")
        parser.add_argument("--format", choices=forms(), help="The file's form; without it, the first item tells.")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="Publish what another system's file says is usable; else it is a draft.",
        )
        parser.add_argument("--render", action="store_true", help="Make readers' JSON now, not when first read.")

    @no_translations
    def handle(self, file: Path, **options: Any) -> str:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        self.begun = self.said_at = time.monotonic()
        try:
            with as_lines(file, options["format"], publishes=options["publish"]) as converted:
                if options["publish"] and converted.path == file:
                    raise CommandError("--publish is for files of other systems; a line of ours has its status in it.")
                run = self.take(converted, file, is_dry_run=options["dry_run"])
        except Stopped as error:
            raise CommandError(f"{file}: {error}.") from None
        if not options["dry_run"]:
            count_what_came()
        if options["render"] and not options["dry_run"]:
            reading.render_missing()
        self.say_lines(run.report)
        verb = "would be taken" if options["dry_run"] else "taken"
        summary = f"{run.report.summary(verb)}, {time.monotonic() - self.begun:.0f} s."
        if left_out := run.report.left_out():
            summary = f"{summary}\n{left_out}"
        if run.report.bad_lines:
            raise CommandError(summary)
        return summary

    def take(self, converted: Converted, file: Path, *, is_dry_run: bool) -> Import:
        """Import lines, and say what became of them until then where it cannot go on."""
        run = Import(converted.path, is_dry_run=is_dry_run, progress=self.say_progress)
        for name, heard in converted.notices:
            run.report.notice(name, heard)
        for name, why in converted.refused:
            run.report.complain(name, why)
        try:
            run.run()
        except Stopped as error:
            self.say_lines(run.report)
            done = f" Until then {run.report.summary('taken')}." if run.report.taken and not is_dry_run else ""
            raise CommandError(f"{file}: {error}.{done}") from None
        return run

    def say_lines(self, report: Report) -> None:
        for line in report.lines():
            self.stderr.write(line)

    def say_progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and (now - self.said_at > 0.5 or done == total):
            self.said_at = now
            width = 30 * done // max(total, 1)
            rate = done / max(now - self.begun, 0.001)
            self.stderr.write(f"\r[{'#' * width:<30}] {done}/{total} lines, {rate:.0f} a second ", ending="")
            if done == total:
                self.stderr.write("")


def count_what_came() -> None:
    """Have PostgreSQL look at what its tables hold now. By itself it does so some time later.

    Until then it may plan by what it saw amid the import, when nothing counted: a list of ten thousand sections took
    more than half a minute so.
    """
    if connection.vendor == "postgresql":
        tables = [connection.ops.quote_name(model._meta.db_table) for model in apps.get_models()]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
