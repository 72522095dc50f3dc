from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import connections

from cms.serving import starting


class Command(BaseCommand):
    help = "Bring the tables up to date and serve, as BIND, PORT, WORKERS and THREADS say."
    requires_system_checks = ()

    @no_translations
    def handle(self, **options: Any) -> None:
        try:
            starting.demand_port()
            starting.bring_up_to_date()
        except starting.CannotStart as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Serving on {settings.PUBLIC_URL} with {settings.WORKERS} processes.")
        if starting.is_without_accounts():
            self.stdout.write("Nobody can log in at the desk yet. Make an account: manage.py createsuperuser")
        connections.close_all()  # processes must never share one
        self.stdout.flush()
        starting.serve()
