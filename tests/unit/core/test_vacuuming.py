"""Tables of which a little is worked on all the time are vacuumed by that work, their indexes included."""

import pytest
from django.db import connection

from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.referrals.models import ReferralLoop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [ContactDue, EpisodeOfCare, ReferralLoop])
def test_a_table_is_vacuumed_by_its_work_with_its_indexes(model):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        options = dict(each.split("=") for each in cursor.fetchone()[0])
    assert options["autovacuum_vacuum_scale_factor"] == "0"
    assert int(options["autovacuum_vacuum_threshold"]) <= 5_000
    # Else pages of a few weeks' work are never marked as visible to all, and each count looks into the table.
    assert options["vacuum_index_cleanup"] == "on"
