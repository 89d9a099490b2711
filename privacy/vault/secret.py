"""Bytes that never show: not in a log, a traceback, a copy or a pickle."""

from typing import Never


class Secret:
    """Key material. `reveal()` is the one way to the bytes, and easy to search for."""

    __slots__ = ("__bytes",)

    def __init__(self, content: bytes) -> None:
        self.__bytes = content

    def reveal(self) -> bytes:
        """The bytes. Hand them on at once; a variable of its own would show in a traceback."""
        return self.__bytes

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("A key is never pickled or copied.")

    def __eq__(self, _other: object) -> bool:
        raise TypeError("Compare the fingerprints of keys, not keys.")

    __hash__ = None  # type: ignore[assignment]
