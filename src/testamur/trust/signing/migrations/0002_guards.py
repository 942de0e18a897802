"""The database's own guard: only the transitions of the table in `rules`, and nothing changes once a ceremony is over.

The pairs stand here as they were when this migration was written; a test compares them with `rules.TRANSITIONS`.
"""

from django.db import migrations

ALLOWED = (
    ("started", "pending"), ("started", "failed"), ("started", "expired"), ("started", "cancelled"),
    ("pending", "signed"), ("pending", "failed"), ("pending", "expired"), ("pending", "cancelled"),
)
_PAIRS = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in ALLOWED)
_REFUSED = f"""(OLD.state IN ('signed', 'failed', 'expired', 'cancelled'))
    OR (OLD.state <> NEW.state AND NOT ({_PAIRS}))
    OR NEW.header <> OLD.header OR NEW.visible <> OLD.visible OR NEW.root <> OLD.root OR NEW.count <> OLD.count
    OR NEW.signer_identifier <> OLD.signer_identifier OR NEW.signer_scheme <> OLD.signer_scheme
    OR NEW.signer <> OLD.signer OR NEW.role <> OLD.role"""

SQLITE = (
    f"""CREATE TRIGGER signing_ceremony_guard BEFORE UPDATE ON signing_ceremony
    WHEN {_REFUSED}
    BEGIN SELECT RAISE(ABORT, 'signing: this step of a ceremony is refused'); END""",
    """CREATE TRIGGER signing_ceremony_birth BEFORE INSERT ON signing_ceremony WHEN NEW.state <> 'started'
    BEGIN SELECT RAISE(ABORT, 'signing: a ceremony begins as started'); END""",
    """CREATE TRIGGER signing_document_guard BEFORE UPDATE ON signing_ceremonydocument
    BEGIN SELECT RAISE(ABORT, 'signing: a document of a ceremony never changes'); END""",
)
POSTGRES = (
    f"""CREATE FUNCTION signing_ceremony_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_REFUSED} THEN
        RAISE EXCEPTION 'signing: this step of a ceremony is refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER signing_ceremony_guard BEFORE UPDATE ON signing_ceremony
    FOR EACH ROW EXECUTE FUNCTION signing_ceremony_guard()""",
    """CREATE FUNCTION signing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'signing: refused' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER signing_ceremony_birth BEFORE INSERT ON signing_ceremony
    FOR EACH ROW WHEN (NEW.state <> 'started') EXECUTE FUNCTION signing_refuse()""",
    """CREATE TRIGGER signing_document_guard BEFORE UPDATE ON signing_ceremonydocument
    FOR EACH ROW EXECUTE FUNCTION signing_refuse()""",
)
UNDO = (
    "DROP TRIGGER IF EXISTS signing_ceremony_guard", "DROP TRIGGER IF EXISTS signing_ceremony_birth",
    "DROP TRIGGER IF EXISTS signing_document_guard",
)
UNDO_POSTGRES = (
    "DROP TRIGGER signing_ceremony_guard ON signing_ceremony",
    "DROP TRIGGER signing_ceremony_birth ON signing_ceremony",
    "DROP TRIGGER signing_document_guard ON signing_ceremonydocument",
    "DROP FUNCTION signing_ceremony_guard", "DROP FUNCTION signing_refuse",
)


def _run(sqlite, postgres):
    def step(_apps, schema_editor):
        if schema_editor.connection.alias != "default":
            return
        for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return step


class Migration(migrations.Migration):

    dependencies = [("signing", "0001_initial")]

    operations = [migrations.RunPython(_run(SQLITE, POSTGRES), _run(UNDO, UNDO_POSTGRES))]
