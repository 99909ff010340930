"""Addresses of the API for people, shifts and responses. Identifiers only, never a name."""

from django.urls import path

from mih.encounters.api import entries, people, responses

urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="api-people"),
    path("people/search/", people.PeopleSearchView.as_view(), name="api-people-search"),
    path("people/similar/", people.SimilarPeopleView.as_view(), name="api-people-similar"),
    path("people/<uuid:person>/", people.PersonView.as_view(), name="api-person"),
    path("incidents/", responses.IncidentsView.as_view(), name="api-incidents"),
    path("shifts/", responses.ShiftsView.as_view(), name="api-shifts"),
    path("shifts/<uuid:shift>/end/", responses.EndShiftView.as_view(), name="api-shift-end"),
    path("encounters/", responses.EncountersView.as_view(), name="api-encounters"),
    path("encounters/<uuid:encounter>/", responses.EncounterView.as_view(), name="api-encounter"),
    path("encounters/<uuid:encounter>/times/", responses.TimesView.as_view(), name="api-times"),
    path("encounters/<uuid:encounter>/person/", responses.WhomView.as_view(), name="api-whom"),
    path("encounters/<uuid:encounter>/crew/", responses.CrewView.as_view(), name="api-crew"),
    path("encounters/<uuid:encounter>/patches/", entries.PatchesView.as_view(), name="api-patches"),
    path(
        "encounters/<uuid:encounter>/entries/<slug:form>/<uuid:record>/",
        entries.EntryView.as_view(),
        name="api-entry",
    ),
    path("encounters/<uuid:encounter>/conflicts/", entries.ConflictsView.as_view(), name="api-conflicts"),
    path("encounters/<uuid:encounter>/review/", responses.ReviewView.as_view(), name="api-review"),
    path("encounters/<uuid:encounter>/sign/", responses.SignView.as_view(), name="api-sign"),
    path("encounters/<uuid:encounter>/sign-own/", responses.SignOwnView.as_view(), name="api-sign-own"),
    path("encounters/<uuid:encounter>/addenda/", responses.AddendaView.as_view(), name="api-addenda"),
    path("entries/<slug:form>/<uuid:record>/correct/", entries.CorrectionView.as_view(), name="api-correct"),
    path("entries/<slug:form>/<uuid:record>/cosign/", entries.CosignView.as_view(), name="api-cosign"),
    path("alarms/<uuid:alarm>/acknowledge/", entries.AlarmView.as_view(), name="api-alarm"),
    path("conflicts/<uuid:conflict>/settle/", entries.ConflictView.as_view(), name="api-conflict"),
]
