from django.core.management.base import BaseCommand

from cms.publishing import reading


class Command(BaseCommand):
    help = "Make the readers' JSON that is missing; with --all, throw everything away first and make it again."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true")

    def handle(self, **options):
        if options["all"]:
            reading.clear_all()
        return f"{reading.render_missing()} publications rendered."
