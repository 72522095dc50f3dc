import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, no_translations

from cms import background


class Command(BaseCommand):
    help = "Work in the background until told to stop: sizes of photos, readers' JSON, what falls due, webhooks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what there is to do now, and end.")

    @no_translations
    def handle(self, **options: Any) -> None:
        if options["once"]:
            background.run_all()
            return
        stop = threading.Event()

        def end(*_args: Any) -> None:
            stop.set()
            background.wake()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        self.stdout.write("Working.")
        self.stdout.flush()
        background.work(stop)
