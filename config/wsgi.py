"""The WSGI entry point that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.scrub import hooks_install  # noqa: E402 - needs the settings
from privacy.checks import require_complete  # noqa: E402 - needs the apps to be loaded
from privacy.vault.startup import require_vault  # noqa: E402

hooks_install()

# Django checks nothing when a server starts it; nothing personal is served undeclared.
require_complete()
require_vault()
