from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0005_decision_scale'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['pupil', 'code'], name='results_dec_pupil_3c37c1_idx'),
        ),
    ]
