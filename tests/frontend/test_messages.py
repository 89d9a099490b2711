"""Message catalogues: found in code and templates, kept, checked, compiled."""

from pathlib import Path

import polib

from frontend import catalogues


def app_of(folder: Path) -> Path:
    app = folder / "app"
    (app / "templates").mkdir(parents=True)
    (app / "words.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        'A = _("Plain %(name)s")\nB = ngettext("%(n)s day", "%(n)s days", 2)\n'
        'C = pgettext("month", "May")\n'
    )
    (app / "templates" / "page.html").write_text(
        "{% load i18n %}<p>\n   {% translate 'In a page' %} {{ _('short') }}\n"
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} room\n{% plural %}\n  {{ n }} rooms\n"
        "{% endblocktranslate %}</p>"
    )
    return app


def test_messages_are_found_in_code_and_pages(tmp_path: Path) -> None:
    found = catalogues.messages_of(app_of(tmp_path))
    plural = {(key.context, key.singular): message.plural for key, message in found.items()}
    assert plural == {
        ("", "Plain %(name)s"): "",
        ("", "%(n)s day"): "%(n)s days",
        ("month", "May"): "",
        ("", "In a page"): "",
        ("", "short"): "",
        ("", "%(n)s room"): "%(n)s rooms",
    }


def test_update_keeps_translations_and_drops_what_is_gone(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    catalogue = catalogues.catalogue_update(app)
    catalogues.translation_set(catalogue.find("In a page"), "Di halaman")
    catalogues.catalogue_path(app).write_text(str(catalogue))
    (app / "words.py").write_text("")
    again = catalogues.catalogue_update(app)
    assert sorted(entry.msgid for entry in again) == ["%(n)s room", "In a page", "short"]
    assert again.find("In a page").msgstr == "Di halaman"


def test_faults_name_what_is_missing_or_differs() -> None:
    entries = [
        polib.POEntry(msgid="Empty", msgstr=""),
        polib.POEntry(msgid="%(a)s of %(b)s", msgstr="%(a)s dari %(c)s"),
        polib.POEntry(msgid="Guess", msgstr="Kira", flags=["fuzzy"]),
        polib.POEntry(msgid="Good %(a)s", msgstr="Baik %(a)s"),
    ]
    assert [fault.partition(":")[0] for fault in catalogues.faults(entries)] == [
        "untranslated",
        "placeholders differ",
        "fuzzy",
    ]


def test_every_text_of_the_pages_is_translated() -> None:
    app = Path(catalogues.__file__).parent
    stored = catalogues.catalogue_read(app)
    known = {(entry.msgctxt or "", entry.msgid) for entry in stored}
    assert {(key.context, key.singular) for key in catalogues.messages_of(app)} - known == set()
    assert list(catalogues.faults(stored)) == []
