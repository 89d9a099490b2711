"""Where a page of a list ended, as an opaque word for an address.

A word is a short JSON list in URL-safe base64. Whoever reads one checks each value: it came
from outside, and nothing says that it is still what was written.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any


def word_of(place: Sequence[str | int]) -> str:
    """The word of a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(list(place)).encode()).decode().rstrip("=")


def place_of(word: str) -> list[Any]:
    """What `word_of` was given; ValueError for anything that is no such word."""
    try:
        place = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except RecursionError:
        raise ValueError(word) from None
    if not isinstance(place, list):
        raise ValueError(word)  # noqa: TRY004 - the one thing callers have to expect
    return place
