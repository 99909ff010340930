"""Duty to warn and mandatory reports have forms of their own now (mih.crisis).

The columns stay for one release, so that a server still running the release before this one can write them: here they
only stop being required and leave Django's state.
"""

from django.db import migrations, models

TEXTS = {"duty_to_warn_to": 200, "abuse_hotline": 120, "abuse_reference": 80}
GONE = (*TEXTS, "duty_to_warn_at", "supervisor_called_at", "abuse_report_at")
MODELS = ("clinicalassessment", "clinicalassessmentevent")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0002_wording_pack")]

    operations = [
        *[
            migrations.AlterField(model, name, models.CharField(max_length=length, blank=True, null=True))
            for model in MODELS
            for name, length in TEXTS.items()
        ],
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model, name) for model in MODELS for name in GONE],
        ),
    ]
