"""Addresses of people's charts. Identifiers only: a name in an address ends up in a log."""

from django.urls import path

from mih.charts.views import card, encounter, people, person

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<uuid:person>/", person.person, name="person"),
    path("people/<uuid:person>/card/", card.card, name="person-card"),
    path("people/<uuid:person>/timeline/", person.person_timeline, name="person-timeline"),
    path("people/<uuid:person>/responses/", person.person_responses, name="person-responses"),
    path("people/<uuid:person>/plans/", person.person_plans, name="person-plans"),
    path("people/<uuid:person>/referrals/", person.person_referrals, name="person-referrals"),
    path("people/<uuid:person>/contacts/", person.person_contacts, name="person-contacts"),
    path("people/<uuid:person>/readers/", person.person_readers, name="person-readers"),
    path("encounters/<uuid:encounter>/", encounter.encounter, name="encounter-record"),
    path("encounters/<uuid:encounter>/print.pdf", encounter.encounter_print, name="encounter-print"),
]
