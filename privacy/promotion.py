"""Words that often mean a text promotes something (promise P36). A hint, never a verdict.

A service announcement must not promote. No list of words can decide that, so a second
person does; the hints tell both where to look twice.
"""

import re
from typing import Final

_ROOTS: Final = (
    # Indonesian
    r"diskon\w*", r"promo", r"promosi\w*", r"promotion\w*", r"gratis\w*", r"bonus\w*",
    r"cashback", r"voucher\w*", r"potongan harga", r"harga spesial", r"penawaran\w*", r"hemat\w*",
    r"beli sekarang", r"pesan sekarang", r"terbatas", r"jangan lewatkan", r"undian",
    r"hadiah", r"termurah",
    # English
    r"discount\w*", r"special offers?", r"offers?", r"sale", r"free of charge", r"for free",
    r"deals?", r"upgrade now", r"book now", r"buy now", r"limited time", r"don.t miss",
    r"save up to", r"cheapest", r"giveaways?", r"prizes?", r"coupons?",
    # Both
    r"\d+ ?%", r"\d+ ?persen", r"\d+ percent",
)  # fmt: skip
_HINT: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_ROOTS)})(?!\w)", re.IGNORECASE)


def promotion_hints(*texts: str) -> list[str]:
    """The words of the texts that sound like promotion, each once, in their order."""
    found = (match[0] for text in texts for match in _HINT.finditer(text))
    return list(dict.fromkeys(word.lower() for word in found))
