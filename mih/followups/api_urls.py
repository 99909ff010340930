"""Addresses of the API for follow-up. Identifiers only, never a name."""

from django.urls import path

from mih.followups.api import contacts, oversight

urlpatterns = [
    path("contacts/", contacts.ContactsView.as_view(), name="api-contacts"),
    path("contacts/counts/", contacts.CountsView.as_view(), name="api-contact-counts"),
    path("contacts/next/", contacts.NextView.as_view(), name="api-contact-next"),
    path("contacts/reassign/", oversight.ReassignView.as_view(), name="api-contacts-reassign"),
    path("contacts/undo/", oversight.UndoView.as_view(), name="api-contacts-undo"),
    path("contacts/<uuid:contact>/", contacts.ContactView.as_view(), name="api-contact"),
    path("contacts/<uuid:contact>/claim/", contacts.ClaimView.as_view(), name="api-contact-claim"),
    path("contacts/<uuid:contact>/release/", contacts.ReleaseView.as_view(), name="api-contact-release"),
    path("contacts/<uuid:contact>/snooze/", contacts.SnoozeView.as_view(), name="api-contact-snooze"),
    path("contacts/<uuid:contact>/attempts/", contacts.AttemptsView.as_view(), name="api-contact-attempts"),
    path("contacts/<uuid:contact>/close/", contacts.CloseView.as_view(), name="api-contact-close"),
    path("people/<uuid:person>/contacts/", contacts.PersonContactsView.as_view(), name="api-person-contacts"),
    path(
        "escalations/<uuid:escalation>/decide/", oversight.DecideView.as_view(), name="api-escalation-decide"
    ),
    path("episodes/<uuid:episode>/facility/", oversight.FacilityView.as_view(), name="api-episode-facility"),
]
