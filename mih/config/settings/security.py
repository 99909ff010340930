"""Headers and cookies."""

from csp.constants import NONE, SELF

from mih.config.settings.environment import PRODUCTION, env

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # the probe of a load balancer speaks plain HTTP
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=63_072_000) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# The header by which the proxy says that the person's own connection was encrypted. The proxy must set it itself.
if proxy_header := env.str("PROXY_HTTPS_HEADER", default="X-Forwarded-Proto" if PRODUCTION else ""):
    SECURE_PROXY_SSL_HEADER = ("HTTP_" + proxy_header.upper().replace("-", "_"), "https")

SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# No inline script and no inline style: what a page runs or looks like is a built file of ours.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

PERMISSIONS_POLICY: dict[str, list[str]] = {
    "accelerometer": [],
    "autoplay": [],
    "camera": [],
    "display-capture": [],
    "encrypted-media": [],
    "fullscreen": ["self"],
    "geolocation": ["self"],
    "gyroscope": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "payment": [],
    "publickey-credentials-get": ["self"],
    "screen-wake-lock": ["self"],
    "usb": [],
}

# The bearer token of whoever collects metrics at /health/metrics; unset: no metrics are served.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# "off" takes the service worker off every tablet at its next visit, and leaves what is stored there. For a fault in it.
FIELD_SW = env.str("FIELD_SW", default="on") != "off"
