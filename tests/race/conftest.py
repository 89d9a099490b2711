"""The live server for the races."""

from tests.live import live, live_server_process

__all__ = ["live", "live_server_process"]
