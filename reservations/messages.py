"""The messages this app sends."""


def register() -> None:
    """Tell the outbox how to build them."""
