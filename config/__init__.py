"""The electricity: settings, URLs, Celery, the runner."""
