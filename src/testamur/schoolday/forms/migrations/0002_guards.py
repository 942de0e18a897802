"""The database's own guards: a published form is only closed and reminded of, and an answer never changes."""

from django.db import migrations

_FROZEN = " OR ".join(
    [f"NEW.{name} <> OLD.{name}" for name in (
        "content", "digest", "path", "unit", "whole", "audience", "consent", "purpose", "needs", "revocable", "named",
        "last_day", "made_by", "published_at",
    )]
    + ["COALESCE(CAST(NEW.holds_until AS VARCHAR), '') <> COALESCE(CAST(OLD.holds_until AS VARCHAR), '')"]
)  # fmt: skip
_REFUSED = f"""OLD.state <> 'draft' AND (({_FROZEN}) OR NEW.state = 'draft'
    OR (OLD.state = 'closed' AND NEW.state <> 'closed'))"""

SQLITE = (
    f"""CREATE TRIGGER forms_form_frozen BEFORE UPDATE ON forms_form WHEN {_REFUSED}
    BEGIN SELECT RAISE(ABORT, 'forms: a published form is not changed'); END""",
    """CREATE TRIGGER forms_answer_append_only BEFORE UPDATE ON forms_answer
    BEGIN SELECT RAISE(ABORT, 'forms: an answer is never changed'); END""",
)
POSTGRES = (
    f"""CREATE FUNCTION forms_form_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_REFUSED} THEN
        RAISE EXCEPTION 'forms: a published form is not changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER forms_form_frozen BEFORE UPDATE ON forms_form
    FOR EACH ROW EXECUTE FUNCTION forms_form_frozen()""",
    """CREATE FUNCTION forms_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'forms: an answer is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER forms_answer_append_only BEFORE UPDATE ON forms_answer
    FOR EACH ROW EXECUTE FUNCTION forms_refuse()""",
)
UNDO = ("DROP TRIGGER IF EXISTS forms_form_frozen", "DROP TRIGGER IF EXISTS forms_answer_append_only")
UNDO_POSTGRES = (
    "DROP TRIGGER forms_form_frozen ON forms_form",
    "DROP TRIGGER forms_answer_append_only ON forms_answer",
    "DROP FUNCTION forms_form_frozen",
    "DROP FUNCTION forms_refuse",
)


def _run(sqlite, postgres):
    def step(_apps, schema_editor):
        if schema_editor.connection.alias != "default":
            return
        for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return step


class Migration(migrations.Migration):

    dependencies = [("forms", "0001_initial")]

    operations = [migrations.RunPython(_run(SQLITE, POSTGRES), _run(UNDO, UNDO_POSTGRES))]
