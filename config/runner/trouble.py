"""The one way this package gives up: a sentence, and a way out."""


class Trouble(SystemExit):
    """Something a person must know; the text says what happened and what to do.

    It is a SystemExit, so that a command which does not catch it ends with the sentence
    and status 1 rather than with a traceback nobody asked for.
    """

    def __init__(self, sentence: str, way_out: str = "") -> None:
        self.sentence = sentence
        self.way_out = way_out
        super().__init__(f"{sentence}\n{way_out}".strip())
