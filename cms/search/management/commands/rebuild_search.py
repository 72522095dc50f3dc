from typing import Any

from django.core.management.base import BaseCommand

from cms.search import building


class Command(BaseCommand):
    help = "Make the search index anew: of all that is live, and of what the desk has. Others go on working."

    def handle(self, *args: Any, **options: Any) -> str:
        building.begin_anew()
        parts = 0
        while building.go_on(500):
            parts += 1
        return f"The search index has been made anew, in {parts} parts."
