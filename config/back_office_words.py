"""What django-unfold says and has no Indonesian for: our catalogue gives it the words.

The package ships no translations; Django finds a message in whichever catalogue has it.
tests/admin/test_words.py fails when a new version of the package says something new.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

WORDS: Final = (
    _("Add another %(model)s"),
    _("Add %(name)s"),
    _("Add row"),
    _("All applications"),
    _("Apply Filters"),
    _("Cancel"),
    _("Change selected %(model)s"),
    _("Choose file to upload"),
    _("Click to cancel"),
    _("Click to download"),
    _("Dark"),
    _("Delete selected %(model)s"),
    _("Expand row"),
    _("False"),
    _("Filters"),
    _("General"),
    _("Go back"),
    _("Image preview"),
    _("Light"),
    _("More actions"),
    _("Next"),
    _("No data"),
    _("No results found"),
    _("Previous"),
    _("Record picture"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("Submit"),
    _("System"),
    _("This item will be deleted."),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("True"),
    _("Type to search"),
    _("View selected %(model)s"),
    _("You have been successfully logged out from the administration"),
)
