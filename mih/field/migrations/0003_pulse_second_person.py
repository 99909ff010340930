from django.db import migrations

from mih.field.pulsing import PulseOn


class Migration(migrations.Migration):
    """A dose waits for its second person: once they have signed, tablets must hear that nothing is missing."""

    dependencies = [("field", "0002_pulse"), ("interventions", "0001_initial")]

    operations = [PulseOn("interventions_secondperson", "encounter_id")]
