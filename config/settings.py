"""Ruang's settings: one file, read from the environment, strict.

What each variable does stands in docs/production.md.
"""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import back_office, env

# Whoever has settings has the Celery application too: tasks and wake-ups bind to it.
from config import celery as _celery  # noqa: F401

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("RUANG_VAR", str(BASE_DIR / "var"))).resolve()

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{env.number('PORT', 8000, most=65535)}").rstrip(
    "/"
)
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", SITE_URL)
# Development aids: the page that shows caught mail. Never on a public host.
DEVELOPMENT = env.flag("RUANG_DEVELOPMENT")

INSTALLED_APPS = [
    # Before the apps whose models have sealed fields.
    "privacy.vault",
    "privacy",
    "accounts",
    "billing",
    "reservations",
    "support",
    "frontend",
    "unfold.apps.BasicAppConfig",
    "accounts.admin_config.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "social_django",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "phonenumber_field",
    "django_prometheus",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.headers.HeadersMiddleware",
    "privacy.middleware.CookieMiddleware",
    "config.problems.ProblemMiddleware",
    "config.vault.VaultMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.SessionRecordMiddleware",
    "accounts.middleware.PreferenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "frontend.middleware.TrackingMiddleware",
    "frontend.middleware.TroubleMiddleware",
    "accounts.middleware.GoogleTroubleMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.page",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------
# The pool is at least as large as the threads of one web process, so that no request
# waits for a connection while another thread sleeps.
WEB_THREADS = env.number("WEB_THREADS", 8, least=1, most=256)
DATABASES = {"default": env.database("DATABASE_URL"), "vault": env.database("VAULT_DATABASE_URL")}
# A server that restarted must cost nobody an error: a pooled connection is tried first.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] |= {
    "options": "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s"
    " -c idle_in_transaction_session_timeout=60s",
    "connect_timeout": 5,
    "pool": {
        "min_size": 1,
        "max_size": env.number("DATABASE_POOL", WEB_THREADS + 2, least=1, most=1000),
        "timeout": 5,
    },
}
# The keys of the sealed fields. Statements take a millisecond; one that does not is answered
# with 503 soon, so that a vault that hangs does not hold every thread.
DATABASES["vault"]["CONN_HEALTH_CHECKS"] = True
DATABASES["vault"]["OPTIONS"] |= {
    "options": "-c timezone=UTC -c lock_timeout=2s -c statement_timeout=5s"
    " -c idle_in_transaction_session_timeout=10s",
    "connect_timeout": 3,
    "pool": {
        "min_size": 0,
        "max_size": env.number("VAULT_POOL", WEB_THREADS + 2, least=1, most=1000),
        "timeout": 3,
    },
}
# Tests make the tables from the models: two, where migrations would take a second.
DATABASES["vault"]["TEST"] = {"MIGRATE": False}
DATABASE_ROUTERS = ["privacy.vault.router.VaultRouter"]
# Wraps the keys; not in any database. Former ones stay until vault_rotate has rewrapped all.
VAULT_MASTER_KEY = env.key("VAULT_MASTER_KEY")
VAULT_MASTER_KEY_FALLBACKS = env.keys("VAULT_MASTER_KEY_FALLBACKS", "")
VAULT_KMS = "privacy.vault.kms.LocalKms"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.EmailBackend",
    "accounts.backends.GoogleBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "frontend:sign-in"
LOGIN_REDIRECT_URL = "frontend:home"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
# With the prefix a browser takes the cookie from this host alone, over TLS alone.
SESSION_COOKIE_NAME = "__Host-ruang_session" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-ruang_csrf" if HTTPS else "csrftoken"
# Ends with the browser, as the cookie page says.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "frontend.views.errors.csrf_failure"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "frontend.views.account_sign_in.locked_out"
AXES_USERNAME_CALLABLE = "accounts.backends.lockout_name"
AXES_CLIENT_IP_CALLABLE = "accounts.backends.client_ip"
# Waiting is enough: an attempt during the pause does not lengthen it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "password", "email"]

# Addresses are unique without regard to case, by a constraint on their blind index.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

# --- Google sign-in (shown when both are set) -----------------------------------------
SOCIAL_AUTH_GOOGLE_OAUTH2_KEY = env.text("SOCIAL_AUTH_GOOGLE_OAUTH2_KEY", "")
SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET = env.text("SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET", "")
# Another OpenID provider in its place, for a company's own Google-like sign-in or a test.
SOCIAL_AUTH_GOOGLE_OAUTH2_OIDC_ENDPOINT = env.text(
    "SOCIAL_AUTH_GOOGLE_OAUTH2_OIDC_ENDPOINT", "https://accounts.google.com"
).rstrip("/")
SOCIAL_AUTH_PIPELINE = [
    "social_core.pipeline.social_auth.social_details",
    "social_core.pipeline.social_auth.social_uid",
    "social_core.pipeline.social_auth.auth_allowed",
    "social_core.pipeline.social_auth.social_user",
    "accounts.social.require_verified_address",
    "accounts.social.account_for",
    "social_core.pipeline.social_auth.associate_user",
    "accounts.social.note_link",
]
# What the person accepted before going to Google; made of accounts/social.py, TERMS_FIELDS.
SOCIAL_AUTH_FIELDS_STORED_IN_SESSION = [
    "accept",
    "terms_version",
    "terms_hash",
    "policy_version",
    "policy_hash",
]
SOCIAL_AUTH_LOGIN_ERROR_URL = "frontend:sign-in"
SOCIAL_AUTH_INACTIVE_USER_URL = "frontend:sign-in"
SOCIAL_AUTH_REDIRECT_IS_HTTPS = HTTPS
SOCIAL_AUTH_REQUESTS_TIMEOUT = 10

# --- Pages ----------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "ruang_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# How many reverse proxies stand before the web process: whose X-Forwarded-For to believe.
NUM_PROXIES = env.number("NUM_PROXIES", 0, most=10)

# --- Safety ---------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", SOCIAL_AUTH_GOOGLE_OAUTH2_OIDC_ENDPOINT],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}

# --- Back office ----------------------------------------------------------------------
UNFOLD = back_office.unfold()

# --- API ------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_auth.BearerAuthentication",
        "accounts.api_auth.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.api_auth.HasScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["config.throttles.RateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.text("API_RATE_ANONYMOUS", "1200/min"),
        "user": env.text("API_RATE_USER", "6000/min"),
    },
    "NUM_PROXIES": NUM_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ruang",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Search, book, move and cancel rooms; people and organisations.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.problems_add",
    ],
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Who may read /metrics from elsewhere than this machine: the bearer of this word.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# --- Mail and queue -------------------------------------------------------------------
globals().update(env.email("EMAIL_URL", "smtp://127.0.0.1:1025"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Ruang <halo@ruang.test>")

# --- WhatsApp (off unless WHATSAPP_TOKEN is set; then the others are needed too) -------
WHATSAPP_TOKEN = env.text("WHATSAPP_TOKEN", "")
WHATSAPP_PHONE_ID = env.needed("WHATSAPP_PHONE_ID", by="WHATSAPP_TOKEN")
WHATSAPP_APP_SECRET = env.needed("WHATSAPP_APP_SECRET", by="WHATSAPP_TOKEN")
WHATSAPP_VERIFY_TOKEN = env.needed("WHATSAPP_VERIFY_TOKEN", by="WHATSAPP_TOKEN")
WHATSAPP_NUMBER = env.needed("WHATSAPP_NUMBER", by="WHATSAPP_TOKEN")
WHATSAPP_TEMPLATE = env.text("WHATSAPP_TEMPLATE", "ruang_answer")
WHATSAPP_API_URL = env.text("WHATSAPP_API_URL", "https://graph.facebook.com/v23.0").rstrip("/")
WHATSAPP_TIMEOUT = env.number("WHATSAPP_TIMEOUT", 15, least=1, most=30)

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "run" / "beat")
CELERY_BEAT_SCHEDULE = {
    "vault-orphans": {"task": "privacy.tasks.vault_orphans_sweep", "schedule": 24 * 3600.0},
    "outbox": {"task": "privacy.tasks.outbox_sweep", "schedule": 15.0},
    "announcements": {"task": "privacy.tasks.announcements_sweep", "schedule": 15.0},
    "processors": {"task": "privacy.tasks.processors_sweep", "schedule": 3600.0},
    "expiries": {"task": "reservations.tasks.expiries_sweep", "schedule": 30.0},
    "completions": {"task": "reservations.tasks.completions_sweep", "schedule": 60.0},
    "reminders": {"task": "reservations.tasks.reminders_sweep", "schedule": 60.0},
    "closure-horizon": {"task": "reservations.tasks.closure_horizon_sweep", "schedule": 3600.0},
    "prices": {"task": "reservations.tasks.prices_sweep", "schedule": 3600.0},
    "access-log": {"task": "privacy.tasks.access_sweep", "schedule": 3600.0},
    "reads-watch": {"task": "privacy.tasks.reads_sweep", "schedule": 300.0},
    "policy-notices": {"task": "privacy.tasks.notices_sweep", "schedule": 300.0},
    "audits": {"task": "privacy.tasks.audits_sweep", "schedule": 3600.0},
    "activity": {"task": "privacy.tasks.activity_sweep", "schedule": 3600.0},
    "inbound": {"task": "support.tasks.inbound_sweep", "schedule": 60.0},
    "inbound-forget": {"task": "support.tasks.inbound_forget", "schedule": 3600.0},
    "account-tidy": {"task": "accounts.tasks.tidy_sweep", "schedule": 3600.0},
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Where people write about their privacy; the policy names it.
PRIVACY_EMAIL = env.text("PRIVACY_EMAIL", "privasi@ruang.test")
# What the last full test run says of each promise; the image ships it (tests/promises.py).
PROMISE_REPORT = env.text("PROMISE_REPORT", str(BASE_DIR / "privacy" / "promise_report.json"))

LOGGING_CONFIG = "config.logs.configure"
LOGGING: dict[str, object] = {}
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
