"""Places outside the tables, what may be there, and for how long."""

from django.utils.translation import gettext_lazy as _

from privacy.stores import store

store(
    "database",
    title=_("Database"),
    what=_("All tables of this record; sensitive fields are sealed under each person's own key."),
    keeps=_("As long as the retention of each field says."),
    holds=(
        "contact", "account", "credential", "session", "preference", "membership", "provenance",
        "booking", "calendar", "free_text", "price", "message", "consent", "access", "security",
    ),
    covers=("settings:DATABASES.default",),
)  # fmt: skip
store(
    "vault",
    title=_("Vault of keys"),
    what=_("The keys of sealed data, one for each person, wrapped by a key kept elsewhere."),
    keeps=_("Until the person is erased; then the key is destroyed."),
    holds=("key",),
    covers=("settings:DATABASES.vault",),
)
store(
    "media",
    title=_("Uploaded files"),
    what=_("The files that this record lists; nothing else is written there."),
    keeps=_("As long as the row that names the file."),
    holds=("contact",),
    covers=("settings:STORAGES.default",),
)
store(
    "static",
    title=_("Files of the pages"),
    what=_("Style sheets, scripts and icons of the software itself."),
    keeps=_("Until the next release."),
    covers=("settings:STORAGES.staticfiles",),
)
store(
    "cache",
    title=_("Cache"),
    what=_(
        "Catalogues, grids without names and counters of requests. Counters name a caller by"
        " account identifier or network address."
    ),
    keeps=_("In memory; minutes, at most a day, and gone when the process ends."),
    holds=("security",),
    days=1,
    covers=("settings:CACHES.default",),
)
store(
    "broker",
    title=_("Queue of tasks"),
    what=_("Wake-up calls with identifiers of rows; no names, addresses or contents."),
    keeps=_("Until the task ran; at most a day."),
    days=1,
    covers=("settings:CELERY_BROKER_URL",),
)
store(
    "task-results",
    title=_("Results of tasks"),
    what=_("Nothing: results of tasks are not stored."),
    keeps=_("Not at all."),
    days=0,
)
store(
    "log",
    title=_("Log"),
    what=_(
        "What the software did, by identifiers. Addresses, numbers and names are taken out"
        " before a line is written."
    ),
    keeps=_("At most 30 days."),
    days=30,
    covers=("settings:LOGGING",),
)
store(
    "mail-server",
    title=_("Mail server"),
    what=_("Messages on their way to their recipients."),
    keeps=_("Until they are handed over; undeliverable ones at most 5 days."),
    holds=("contact", "message", "booking"),
    days=5,
    covers=("settings:EMAIL_HOST",),
)
store(
    "mail-catcher",
    title=_("Caught mail of a trial installation"),
    what=_("Messages that a trial installation would have sent; there is none on a public host."),
    keeps=_("7 days."),
    holds=("contact", "message", "booking"),
    days=7,
)
store(
    "exports",
    title=_("Exports of the back office"),
    what=_("Tables that staff download; only the fields their role may see, and logged."),
    keeps=_("Nothing stays on the server; staff delete their copy after use, within 30 days."),
    holds=("contact", "account", "booking", "price", "message", "membership"),
    days=30,
)
store(
    "backups",
    title=_("Backups"),
    what=_("Copies of the database, the vault and the uploaded files, encrypted."),
    keeps=_(
        "At most 30 days; those of the vault at most 7, after which sealed data of an erased"
        " person cannot be read in any copy."
    ),
    holds=(
        "contact", "account", "credential", "session", "preference", "membership", "provenance",
        "booking", "calendar", "free_text", "price", "message", "consent", "access", "security",
        "key",
    ),
    days=30,
)  # fmt: skip
store(
    "browser",
    title=_("Your browser"),
    what=_("The cookies on the list of cookies; nothing else is stored there."),
    keeps=_("As the list of cookies says for each."),
    holds=("session", "preference"),
    days=365,
)
store(
    "google",
    title=_("Google, if you sign in with it"),
    what=_("That you signed in to Ruang. We ask Google for your name and address alone."),
    keeps=_("As Google says; we delete our link with your account."),
    holds=("credential",),
)
