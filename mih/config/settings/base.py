"""Apps, middleware, templates, database, static files, time and language."""

from typing import Any

import pghistory

from mih.config.settings.environment import PRODUCTION, REPOSITORY, TESTING, env
from mih.embedded import places, postgres

# Signs sessions and tokens. Production sets its own, 50 random characters or more.
SECRET_KEY = env.str(
    "SECRET_KEY", default="only-for-the-demo-and-the-tests-where-nobody-real-is-written-down"
)

# Under this secret the server keeps the private keys that open what tablets sealed. Unset: SECRET_KEY. Changing it makes
# the keys unreadable, and with them whatever tablets sealed and have not yet delivered.
FIELD_SECRET = env.str("FIELD_SECRET", default="") or SECRET_KEY

# Bytes of sealed photos that one tablet may have waiting here for their records, before it is asked to wait.
FIELD_BLOB_SHARE = env.int("FIELD_BLOB_SHARE", default=300 * 1024 * 1024)

# Days after which sealed photos that no record ever named are let go.
FIELD_ORPHAN_DAYS = env.int("FIELD_ORPHAN_DAYS", default=400)

# Where tests of faults break the server on purpose, as mih/field/sync/failpoints.py explains; the second names a file
# that says so, read each time. Never with production.
FAILPOINTS = "" if PRODUCTION else env.str("MIH_FAILPOINTS", default="")
FAILPOINTS_FILE = "" if PRODUCTION else env.str("MIH_FAILPOINTS_FILE", default="")

# Detailed error pages, for developing on invented people only. Never with production.
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION

# Host names this installation answers to, separated by commas.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])

# Origins whose forms are accepted, with scheme, when a proxy changes the host name.
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "mih.config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "mih.config.apps.StaticFiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "rules.apps.AutodiscoverRulesConfig",
    "csp",
    "django_structlog",
    "django_prometheus",
    "mih.core",
    "mih.accounts",
    "mih.audit",
    "mih.instruments",
    "mih.protocols",
    "mih.people",
    "mih.privacy",
    "mih.episodes",
    "mih.encounters",
    "mih.crisis",
    "mih.assessments",
    "mih.interventions",
    "mih.safety_plans",
    "mih.followups",
    "mih.referrals",
    "mih.cases",
    "mih.charts",
    "mih.field",
    "mih.practice",
]
MIGRATION_LINTER_OPTIONS = {
    "include_apps": [name.removeprefix("mih.") for name in INSTALLED_APPS if name.startswith("mih.")],
    "ignore_name_contains": "_initial",  # makes tables that no running release has
    "no_cache": True,
}

MIDDLEWARE = [
    "mih.config.middleware.room_for_frames",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mih.config.middleware.BodyLimitMiddleware",
    "mih.config.middleware.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "mih.accounts.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mih.config.middleware.AgencyZoneMiddleware",
    "mih.audit.middleware.ActorMiddleware",
    "mih.config.middleware.PolicyMemoryMiddleware",
    "mih.config.middleware.RefusalMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "mih.config.urls"
WSGI_APPLICATION = "mih.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [REPOSITORY / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "mih.core.context.agency",
                "mih.config.frame.frame",
                "mih.protocols.notices.license_notice",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "lean",
        "DIRS": [REPOSITORY / "templates" / "lean"],
        "OPTIONS": {"environment": "mih.core.lean.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = PRODUCTION

# postgresql://user:password@host:5432/name, version 15 or later. Unset: the embedded server.
DATABASES: dict[str, Any] = {
    "default": env.db_url_config(env.str("DATABASE_URL", default="") or postgres.url())
}
DATABASES["default"]["ENGINE"] = (
    "mih.core.postgresql" if env.str("DATABASE_URL", default="") else "mih.embedded.postgresql"
)
# Seconds a connection is kept for the next request; 0 behind a pooler in transaction mode.
DATABASES["default"]["CONN_MAX_AGE"] = 0 if TESTING else env.int("DATABASE_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The long statements of pages are planned once for each connection (mih.core.gather). Not behind a pooler in transaction
# mode, where the next statement may meet another connection.
if TESTING or DATABASES["default"]["CONN_MAX_AGE"]:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 0)
    # Starting helpers for one of a page's small questions takes ten times as long as answering it. And a prepared page is
    # planned once, for any value: with the values at hand PostgreSQL expects two rows behind a cursor where there are
    # thousands, and sorts them all instead of walking the index (three times as long among 200,000 people).
    DATABASES["default"]["OPTIONS"].setdefault(
        "options", "-c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan"
    )
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
if TESTING:
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # a lost test is no loss

# Triggers are installed after each `migrate`, not by migrations: hundreds of operations would each rebuild the whole
# model state, and a fresh database would take a minute instead of seconds (docs/decisions/0006).
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True

# History is looked up by the record it is of and by nothing else. An index on each reference that a version holds would
# cost every write more than the version itself.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# In the database and not in Redis: sign-in limits must work while Redis is away.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"}}

# Largest body of one request, in bytes; a larger one is answered with 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_REQUEST_BYTES", default=1_048_576)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Where collectstatic puts the hashed files. Tests serve what is built, never what a demo here collected some time ago.
STATIC_ROOT = places.var_dir() / ("static" if not TESTING else "never-collected")
STATIC_URL = "/static/"
STATICFILES_DIRS = [
    folder for folder in (REPOSITORY / "static" / "dist", REPOSITORY / "static" / "img") if folder.is_dir()
]
# Compressing well takes half a minute, which is worth it once a release and not at each start of the demo. Off when
# the proxy compresses.
if PRODUCTION and env.bool("STATIC_COMPRESSION", default=True):
    STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
elif TESTING:
    STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
else:
    STATIC_STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "webp", "woff", "woff2", "gz", "br", "zip")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
# Otherwise each test's own client would look through nine hundred files before its first request.
WHITENOISE_AUTOREFRESH = TESTING or DEBUG
MEDIA_ROOT = places.var_dir() / "media"

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored and reckoned in UTC; pages show AGENCY_ZONE
PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"

# The agency this installation serves, as its pages and prints name it.
AGENCY_NAME = env.str("AGENCY_NAME", default="City Mobile Integrated Healthcare")
AGENCY_SHORT_NAME = env.str("AGENCY_SHORT_NAME", default="MIH")
AGENCY_ZONE = env.str("AGENCY_ZONE", default="America/Chicago")
AGENCY_HOURS = env.str("AGENCY_HOURS", default="07:00-23:00")
AGENCY_PHONE = env.str("AGENCY_PHONE", default="+14055550100")
AGENCY_COLOUR = env.str("AGENCY_COLOUR", default="#0b4f6c")
AGENCY_ACCENT_COLOUR = env.str("AGENCY_ACCENT_COLOUR", default="#b3261e")
