"""Addresses of the queue and its contacts. Identifiers only, never a name."""

from django.urls import path

from mih.followups.views import contact, export, moving, queue

CONTACT = "queue/<uuid:contact>/"

urlpatterns = [
    path("queue/", queue.queue_page, name="queue"),
    path("queue/next/", queue.contact_next, name="contact-next"),
    path("queue/export/", export.contacts_export, name="contacts-export"),
    path("queue/reassign/", moving.contact_reassign, name="contact-reassign"),
    path("queue/reassigned/<uuid:batch>/undo/", moving.reassign_undo, name="contact-reassign-undo"),
    path(CONTACT, contact.contact_page, name="contact"),
    path(f"{CONTACT}claim/", queue.contact_claim, name="contact-claim"),
    path(f"{CONTACT}release/", queue.contact_release, name="contact-release"),
    path(f"{CONTACT}snooze/", moving.contact_snooze, name="contact-snooze"),
    path(f"{CONTACT}attempts/", contact.contact_attempt, name="contact-attempt"),
    path(f"{CONTACT}escalation/<slug:action>/", contact.contact_decide, name="contact-decide"),
    path(f"{CONTACT}close/", contact.contact_close, name="contact-close"),
    path(f"{CONTACT}discharge/", contact.contact_discharge, name="contact-discharge"),
]
