"""Addresses of the tablet's pages. Identifiers only, never a name."""

from django.urls import include, path

from mih.field.views import blobs, bundle, closing, details, person, shell, today, workspace

RESPONSE = "field/encounters/<uuid:encounter>/"

urlpatterns = [
    path("", include("mih.field.plane_urls")),
    path("field/", today.Today.as_view(), name="field-today"),
    path("field/shell/", shell.document, name="field-shell"),
    path("field/sw.js", shell.worker, name="field-worker"),
    path("field/manifest.webmanifest", shell.manifest, name="field-manifest"),
    path("field/bundle/", bundle.bundle, name="field-bundle"),
    path("field/forms/<slug:sha>/", bundle.form, name="field-form-version"),
    path("field/setup/", shell.Setup.as_view(), name="field-setup"),
    path("field/me/", details.Me.as_view(), name="field-me"),
    path("field/signed-in/", details.SignedIn.as_view(), name="field-signed-in"),
    path("field/shift/", today.ShiftStart.as_view(), name="field-shift"),
    path("field/shift/<uuid:shift>/end/", today.ShiftEnd.as_view(), name="field-shift-end"),
    path("field/calls/new/", today.NewCall.as_view(), name="field-new-call"),
    path("field/calls/<uuid:incident>/respond/", today.Respond.as_view(), name="field-respond"),
    path(RESPONSE, workspace.Response.as_view(), name="field-response"),
    path(f"{RESPONSE}live/", workspace.Live.as_view(), name="field-live"),
    path(f"{RESPONSE}forms/<slug:form>/", workspace.Form.as_view(), name="field-form"),
    path(
        f"{RESPONSE}forms/<slug:form>/new/", workspace.Form.as_view(), {"blank": True}, name="field-new-entry"
    ),
    path(f"{RESPONSE}forms/<slug:form>/<uuid:record>/", workspace.Form.as_view(), name="field-entry"),
    path(f"{RESPONSE}whom/", person.Whom.as_view(), name="field-whom"),
    path(f"{RESPONSE}whom/find/", person.Find.as_view(), name="field-find"),
    path(f"{RESPONSE}whom/new/", person.NewPerson.as_view(), name="field-new-person"),
    path(f"{RESPONSE}whom/<uuid:person>/", person.Use.as_view(), name="field-use-person"),
    path(f"{RESPONSE}details/", details.Details.as_view(), name="field-details"),
    path(f"{RESPONSE}crew/", details.Crew.as_view(), name="field-crew"),
    path(f"{RESPONSE}review/", closing.Review.as_view(), name="field-review"),
    path(f"{RESPONSE}sign/", closing.Sign.as_view(), name="field-sign"),
    path(f"{RESPONSE}sign-own/", closing.SignOwn.as_view(), name="field-sign-own"),
    path(f"{RESPONSE}record/", closing.RecordPage.as_view(), name="field-record"),
    path("field/attachments/<uuid:attachment>/", blobs.AttachmentFile.as_view(), name="field-attachment"),
    path(
        "field/api/blob/<str:sha256>/",
        blobs.BlobPieces.as_view(http_method_names=["get"]),
        name="field-api-blob",
    ),
    path(
        "field/api/blob/<str:sha256>/<int:n>",
        blobs.BlobPieces.as_view(http_method_names=["put"]),
        name="field-api-blob-piece",
    ),
    path(f"{RESPONSE}addenda/", closing.AddAddendum.as_view(), name="field-addendum"),
]
