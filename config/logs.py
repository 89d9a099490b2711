"""One readable log line per event, on standard error; JSON when LOG_FORMAT=json.

No line holds personal data (config/scrub.py).
"""

import logging.config
from typing import Any

import structlog

from config import env, scrub


def configure(_settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG hook: structlog formats what the standard library logs."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False)
    if env.text("LOG_FORMAT", "text") == "json":
        shared[-1] = structlog.processors.TimeStamper(fmt="iso")
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": scrub.Formatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        scrub.scrub,
                        renderer,
                    ],
                }
            },
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["out"], "level": env.text("LOG_LEVEL", "INFO")},
            "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "WARNING"}},
        }
    )
