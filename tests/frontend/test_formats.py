"""How times, lengths and money are written in both languages."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from frontend import formats

AT = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "indonesian", "english"),
    [
        (249_750, "IDR", "Rp249.750", "Rp249,750"),
        (0, "IDR", "Rp0", "Rp0"),
        (1_250, "EUR", "€12,50", "€12.50"),
        (-5, "USD", "−US$0,05", "−US$0.05"),
        (1_000_000, "XYZ", "XYZ 10.000,00", "XYZ 10,000.00"),
    ],
)
def test_money(amount: int, currency: str, indonesian: str, english: str) -> None:
    with translation.override("id"):
        assert formats.money(amount, currency) == indonesian
    with translation.override("en"):
        assert formats.money(amount, currency) == english


@pytest.mark.parametrize(
    ("minutes", "indonesian", "english"),
    [
        (45, "45 menit", "45 minutes"),
        (60, "1 jam", "1 hour"),
        (90, "1,5 jam", "1.5 hours"),
        (75, "1,25 jam", "1.25 hours"),
        (70, "1 jam 10 menit", "1 hour 10 minutes"),
        (1440, "1 hari", "1 day"),
        (4320, "3 hari", "3 days"),
    ],
)
def test_durations(minutes: int, indonesian: str, english: str) -> None:
    with translation.override("id"):
        assert formats.duration(minutes) == indonesian
    with translation.override("en"):
        assert formats.duration(minutes) == english


def test_clocks_days_and_zones() -> None:
    assert formats.clock(AT, "Asia/Jakarta") == "14.00"
    assert formats.clock_range(AT, AT.replace(hour=8, minute=30), "Asia/Jayapura") == "16.00–17.30"
    assert [formats.zone_name(f"Asia/{z}", AT) for z in ("Jakarta", "Makassar", "Jayapura")] == [
        "WIB",
        "WITA",
        "WIT",
    ]
    assert formats.zone_name("Europe/Berlin", AT) == "CET"
    assert formats.zone_name("Asia/Tashkent", AT) == "UTC+05"
    with translation.override("id"):
        assert formats.day_long(date(2026, 11, 25)) == "Rabu, 25 November"
        assert formats.day_short(date(2026, 12, 4)) == "Jum 4 Des"


def test_a_period_over_midnight_names_the_day() -> None:
    with translation.override("en"):
        starts, ends = AT.replace(hour=15), AT.replace(hour=19)
        assert formats.clock_range(starts, ends, "Asia/Jakarta") == "22.00–Thu 26 Nov 02.00"
        midnight = AT.replace(hour=17)
        assert formats.clock_range(starts, midnight, "Asia/Jakarta") == "22.00–24.00"
