from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from cms.transfer.checking import faults
from cms.transfer.report import counted


class Command(BaseCommand):
    help = "Find what is stored and this release would refuse. Nothing is changed; exit code 1 when something is found."

    @no_translations
    def handle(self, **options: Any) -> str:
        wrong, items = 0, set()
        for fault in faults():
            wrong += 1
            items.add((fault.kind, fault.name))
            self.stdout.write(str(fault))
        if wrong:
            raise CommandError(f"{counted(wrong, 'fault')} in {counted(len(items), 'item')}.")
        return "Everything that is stored is as it should be."
