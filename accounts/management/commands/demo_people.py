"""`manage.py demo_people`: who can sign in to a development installation, and how."""

from base64 import b32encode
from typing import Any

from django.core.management.base import BaseCommand

from accounts import demo


class Command(BaseCommand):
    """One line per person, then what they share."""

    help = "Lists the demo people: address, name, role; their password and second factor."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print; reads nothing and changes nothing."""
        for person in demo.PEOPLE:
            self.stdout.write(f"{person.email:20} {person.name:18} {person.does}")
        secret = b32encode(bytes.fromhex(demo.TOTP_KEY)).decode()
        self.stdout.write(f"Password: {demo.PASSWORD}")
        self.stdout.write(f"Staff's second factor (TOTP secret): {secret}")
        self.stdout.write("In development the page that asks for the code shows it, too.")
