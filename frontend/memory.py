"""A small memory of this process for what many pages share; never anybody's own data.

Values are kept as they are (no pickling), the oldest is forgotten first, and every one
is at most `seconds` old, so that a change without a revision shows soon.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import ClassVar, Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """Remembers up to `size` values for `seconds`."""

    every: ClassVar[list["Memory[object]"]] = []

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._kept: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._lock = Lock()
        Memory.every.append(self)  # type: ignore[arg-type]

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of the key, made anew when it is unknown or too old."""
        with self._lock:
            found = self._kept.get(key)
            if found and found[0] > monotonic():
                self._kept.move_to_end(key)
                return found[1]
        value = make()
        with self._lock:
            self._kept[key] = (monotonic() + self._seconds, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


def forget_all() -> None:
    """Empty every memory of the process, e.g. between tests."""
    for memory in Memory.every:
        memory.clear()
