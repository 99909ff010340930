"""Who is asking: sign-in, second factor, sessions, tokens and the API's own settings."""

from datetime import timedelta
from typing import Any

from mih.config.settings.environment import env

AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "mih.accounts.backends.PasswordBackend",
    "mih.accounts.backends.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

# Accounts are made by an administrator: there is no public sign-up.
ACCOUNT_ADAPTER = "mih.config.sign_in.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Proxies in front of us that append to X-Forwarded-For; sign-in limits count the address they saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = env.str("AGENCY_SHORT_NAME", default="MIH")

SESSION_ENGINE = "mih.accounts.sessions"
# A desk session ends with the browser, and after this many seconds without a request.
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=12 * 60 * 60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "mih_session"
CSRF_COOKIE_NAME = "mih_csrf"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mih.config.parsing.PlainJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": None,  # never by offset: lists page by key (mih.privacy.api.KeysetPages)
    "DEFAULT_SCHEMA_CLASS": "mih.config.api_schema.Schema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "mih.config.throttling.StrangerThrottle",
        "mih.config.throttling.StaffThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANONYMOUS", default="30/min"),
        "user": env.str("API_RATE_STAFF", default="600/min"),
    },
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "mih.config.refusals.RefusalHandler"}
REST_KNOX = {"TOKEN_TTL": timedelta(hours=12), "AUTO_REFRESH": False, "AUTH_HEADER_PREFIX": "Token"}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "MIH",
    "DESCRIPTION": "Case documentation of a Mobile Integrated Healthcare program.",
    "VERSION": "0.1.0",
    "DEFAULT_GENERATOR_CLASS": "mih.config.api_docs.Generator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_NAME_OVERRIDES": {
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum.choices",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum.choices",
        "ContactOutcomeEnum": "mih.followups.models.contact.OUTCOMES",
        "EscalationKindEnum": "mih.followups.models.escalation.KINDS",
        "PlanReviewDecisionEnum": "mih.safety_plans.models.DECISIONS",
        "DoseReviewDecisionEnum": "mih.interventions.models.buprenorphine.DECISIONS",
        "ReferralEventKindEnum": "mih.referrals.models.loop.KINDS",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum.choices",
    },
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
}
