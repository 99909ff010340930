"""The root of all addresses. Each app's ``urls`` module places its own prefix; the start page is the desk's."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from mih.config import health, pages
from mih.config.rooms import included

urlpatterns: list[URLPattern | URLResolver] = [
    # Asked more often than all pages together; an address is looked for from the top.
    path("field/api/", include("mih.field.tablet_urls")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/metrics", health.metrics, name="health-metrics"),
    path("", pages.home, name="home"),
    path("agency.css", pages.agency_css, name="agency-css"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("mih.config.api_urls")),
    *included("urls"),
]

if settings.DEBUG:  # every part of the design once, for whoever builds pages
    urlpatterns.append(path("styleguide/", TemplateView.as_view(template_name="styleguide.html")))

handler400 = "mih.config.refusals.bad_request"
handler403 = "mih.config.refusals.forbidden"
handler404 = "mih.config.refusals.not_found"
handler500 = "mih.config.refusals.server_error"
