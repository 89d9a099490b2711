"""The register of other sites that pages lead to (promise P24).

A template writes `{% outside "gpc" %}` and never an address of another host: the link goes
to a page of ours that says who runs the other site and that its own policy holds there,
and that page leads on without telling where the person came from. A test walks through
the pages and refuses any other way out.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Outside:
    """Another site: a link's words, who runs it, and what one finds there."""

    url: str
    words: Any
    runs: str
    finds: Any

    @property
    def host(self) -> str:
        """The name to look for in the address bar."""
        return urlsplit(self.url).netloc


SITES: Final = {
    "gpc": Outside(
        "https://globalprivacycontrol.org/",
        _("What Global Privacy Control is"),
        "Global Privacy Control",
        _("How to switch the signal on in your browser."),
    ),
    "law": Outside(
        "https://peraturan.bpk.go.id/Details/229798/uu-no-27-tahun-2022",
        _("The Personal Data Protection Law, UU 27/2022"),
        "BPK RI, JDIH",
        _("The text of the law on which your rights here rest."),
    ),
    "google-connections": Outside(
        "https://myaccount.google.com/connections",
        _("What Google tells Ruang, in your Google account"),
        "Google",
        _("Which sites you sign in to with Google, and how to end that."),
    ),
}
