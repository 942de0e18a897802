from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('noticeboard', '0003_feeds'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='outage',
            name='noticeboard_outage_service',
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('service__in', ['signing', 'login', 'mail', 'registry'])), name='noticeboard_outage_service'),
        ),
    ]
