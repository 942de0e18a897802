"""Refusals of every other storey, of the rule packs and of the pages themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, str | Promise] = {
    "not_allowed": _("You may not see or do this. If you should, ask the administrator of your school."),
    "not_found": _("There is no such page or thing, or it is not yours to see."),
    "accounts.client.name": _("A program has a name of at most 120 characters."),
    "accounts.client.scope": _("Choose at least one thing that the program may read."),
    "accounts.app.crossing": _("This lies beyond the app: log in again."),
    "accounts.app.not_allowed": _("Tick “access for the app” first."),
    "accounts.app.too_many": _("You have ten connected devices. Disconnect one of them first."),
    "accounts.app.unknown": _("The app of this device is not connected."),
    "accounts.hat.unknown": _("You do not have that role today."),
    "accounts.attempt.not_found_yet": _("Nobody was identified. Start again."),
    "accounts.confirm_again": _("Identify yourself again before this."),
    "accounts.level.too_low": _("This needs a stronger way to identify yourself."),
    "accounts.login.over": _("Your login has ended. Log in again; what was saved is kept."),
    "accounts.passkey.refused": _("The passkey could not be made. Try again."),
    "accounts.secret_lost": _("This page was open for too long. Begin again."),
    "accounts.too_many": _("That was tried too often. Wait a while, then try again."),
    "accounts.totp.wrong": _("That is not the code which the app shows now."),
    "archive.damaged": _("The archive cannot show this document as it was issued. Your school is the one to ask."),
    "connectors.delivery.mapping": _(
        "The store's form cannot be used. Whoever runs the service puts it right; until then nothing is sent."
    ),
    "connectors.delivery.not_refused": _("The store has not refused this batch, or it was withdrawn already."),
    "connectors.delivery.not_set_up": _("No store is set up here yet."),
    "connectors.delivery.nothing": _("Everything that is sealed here was asked for already."),
    "connectors.lms.address": _(
        "Write an https address as the learning platform shows it. Only hosts that the office entered are asked."
    ),
    "connectors.lms.busy": _("The learning platform asks us to wait. Try again in a minute; nothing was changed."),
    "connectors.lms.choose_item": _("The file holds several graded tasks. Choose one of them."),
    "connectors.lms.elsewhere": _("The learning platform belongs to another place than this course."),
    "connectors.lms.failed": _("The learning platform answers with something unexpected. Nothing was changed."),
    "connectors.lms.file": _(
        "The file needs a column with personal numbers or e-mail addresses, or is a OneRoster bundle with results."
    ),
    "connectors.lms.file_too_large": _("The file has more than is read at once: up to 10 MB and 20,000 rows."),
    "connectors.lms.launch": _("The launch from the learning platform is not valid. Open the link there again."),
    "connectors.lms.no_rules": _("No rules for results are chosen for this place: ask the administrator."),
    "connectors.lms.platform": _("Fill this in as the learning platform shows it."),
    "connectors.lms.platform_twice": _("That client of that learning platform is entered already."),
    "connectors.lms.thresholds": _(
        "Write one grade and the lowest share for it in each line, such as A 90 %. A larger share gives a better grade."
    ),
    "connectors.lms.too_much": _(
        "The learning platform sends more than is read, or takes too long. Nothing was changed."
    ),
    "people.contact.address_protected": _("Only the forwarding address of this person may be kept."),
    "people.guardianship.invalid": _("That guardian is this pupil's already, or the last day lies before the first."),
    "people.identifier.invalid": _("That is no such number. Look at each digit."),
    "people.identifier.taken": _("Somebody else has that number. Look at each digit, and at the name."),
    "people.name.invalid": _("A name has letters, and at most 120 of them."),
    "people.alias.invalid": _("An alias has two names of at least two letters, and no part of the true name."),
    "people.need.invalid": _("The last day does not fit: not over, not before the first, and within a year."),
    "people.protection.none": _("This person's identity is not protected."),
    "people.code.invalid": _("This is not a pupil code; please read the label again."),
    "people.contact.invalid": _("This is no e-mail address and no telephone number that we know."),
    "delivery.device.invalid": _("This browser's address for pushes cannot be used."),
    "records.decline.why": _("Say why, in 10 to 1000 characters: the office has to know what to put right."),
    "records.not_your_turn": _("Some of these documents no longer wait for you. Nothing was done with the others."),
    "records.original.damaged": _(
        "The archive cannot show this document as it was issued. Your school is the one to ask."
    ),
    "records.post_ended": _("You no longer hold the post by which you sign for the principal. Nothing was signed."),
    "records.share.days": _("Choose how many days, from 1 to 90."),
    "records.share.refused": _("The link or the PIN is wrong, or the link has ended. Ask whoever gave it to you."),
    "signing.bankid.already_in_progress": _("An identification was already under way. Both were stopped. Try again."),
    "signing.bankid.too_many": _("BankID gets too many questions just now. Wait a little and try again."),
    "signing.bankid.unavailable": _("BankID cannot be reached just now. What you chose is kept. Try again in a while."),
    "signing.ceremony.busy": _("The e-ID is being asked already. Wait a moment."),
    "signing.ceremony.not_started": _("This signature was begun already."),
    "signing.code.expired": _("The code was valid for five minutes. Nothing was signed. Start again for a new one."),
    "signing.code.malformed": _("A code has five digits."),
    "signing.code.no_tries": _("The wrong code three times. Nothing was signed. Start again for a new one."),
    "signing.code.not_awaited": _("This signature does not wait for a code: it is over, or the code was used."),
    "signing.code.wrong": _("That is not the code of this signature. Look at the latest text message."),
    "signing.certificate.document": _("This answer is to another request. Fetch the request of this page and sign it."),
    "signing.certificate.expired": _("This certificate is not valid today. Choose one that is."),
    "signing.certificate.file": _("This is not the file that was made when the request was signed."),
    "signing.certificate.in_use": _("Some documents are signed with the first certificate. Go on with that one."),
    "signing.certificate.none_chosen": _("Choose your certificate first."),
    "signing.certificate.not_awaited": _("This signature waits for nothing: it is over, or no certificate is chosen."),
    "signing.certificate.other_person": _("This certificate is in another person's name or number. Choose your own."),
    "signing.certificate.revoked": _("This certificate has been revoked. Choose one that is valid."),
    "signing.certificate.signature": _("Some signature is not by this certificate. Nothing was taken in."),
    "signing.certificate.unreadable": _("There is no certificate in this file. A file with a key is not needed."),
    "signing.certificate.untrusted": _("This certificate does not come from an authority that is accepted here."),
    "signing.certificate.usage": _("This certificate is not one for signing documents."),
    "signing.csc.authorisation_over": _("The time to sign has run out. What is signed stays; type PIN and code again."),
    "signing.csc.bad_answer": _("The signing service answered something that makes no sense. None of it was kept."),
    "signing.csc.locked": _("The signing service has locked your key. Ask the service to open it again."),
    "signing.csc.no_credential": _("The signing service has no key of yours that can be used now."),
    "signing.csc.not_authorised": _("The signing service does not let us in. Tell those who run this system."),
    "signing.csc.refused": _("The signing service refused. What is signed stays; try again or sign in another way."),
    "signing.csc.too_many": _("The signing service gets too many questions. It goes on by itself in a moment."),
    "signing.csc.unavailable": _("The signing service cannot be reached just now. What is signed stays; go on later."),
    "signing.csc.wrong_code": _("PIN or code was wrong. Nothing was signed with it. A few wrong ones lock the key."),
    "signing.sms.no_phone": _(
        "Your work phone is not in the staff directory. Ask whoever keeps the directory to enter it, or use BankID."
    ),
    "signing.sms.role": _("Only examiners may sign with a code. Sign with an e-ID."),
    "signing.sms.too_many": _("Five codes were sent to you within an hour. Wait a while, or sign with an e-ID."),
    "signing.signer.scheme": _("This e-ID does not know people by the kind of number that the register has of you."),
    "import.bundle.unreadable": _("The file cannot be read: it is damaged, encrypted or no table."),
    "import.diary.no_table": _("There is no table with a header in this file."),
    "import.mapping.invalid": _("Something is missing: say which column tells the pupil, the day and what is loaded."),
    "import.upload.kind": _(
        "One of the files is not what its name says, or of no kind that is taken: PDF, CSV, XLSX, ODS, JSON or one ZIP."
    ),
    "import.upload.open": _("You have as many uploads open as anyone may. Load or remove one of them first."),
    "import.upload.refused": _("Choose at least one file."),
    "import.upload.too_much": _(
        "Those are too many files, or they are too large. Up to 100 files and 512 MB go at a time; a PDF may have "
        "25 MB."
    ),
    "notices.choice.invalid": _("Choose ways and times from the lists."),
    "notices.no_address": _("There is no address for that, or nothing reaches it. Add one first."),
    "notices.pin.invalid": _("Six to eight digits, not all the same and not in a row."),
    "notices.registration.code_wrong": _("That is not the code, or it is too late. Begin again if it does not come."),
    "notices.registration.not_guardian": _("Choose which guardian it is."),
    "notices.registration.not_open": _("This registration is decided already, or its code has not come back yet."),
    "notices.reminded_today": _("This person was reminded today already, or nothing waits for that person here."),
    "records.release.plan": _("Choose a minute that is to come."),
    "records.state": _("Some of these documents are in another state by now. Look again; nothing was done."),
    "connectors.registry.attested_there": _(
        "The registry's result is attested: it can only be changed inside the registry."
    ),
    "connectors.registry.down": _("The registry does not answer. It is tried again by itself."),
    "connectors.registry.no_difference": _("That difference is decided already, or is gone."),
    "connectors.registry.not_authorised": _("The registry does not let this examiner or this connection report here."),
    "connectors.registry.not_linked": _("The registry does not know this course, module or person by what we have."),
    "connectors.registry.not_set_up": _("No registry is set up."),
    "connectors.registry.under_way": _("It is being sent just now, or is done: there is nothing to try again."),
    "schools.period.begun": _("A day that is gone cannot be changed, nor a day be moved into the past."),
    "schools.period.narrow": _("A term would lie outside the year. Change the term first."),
    "timetable.nothing_chosen": _("Say for at least one lesson who gives it."),
    "web.results.no_file": _("Choose a file first."),
    "schools.enrolment.in_class": _("The pupil is in a class on that day already. Move the pupil instead."),
    "schools.enrolment.taken": _("The pupil is in that class or group already."),
    "schools.group.taken": _("There is a class or group of that name already in this year."),
    "schools.path.invalid": _("A short name has letters and digits."),
    "schools.period.outside": _("These days lie outside the school year."),
    "schools.period.taken": _("There is one of that name already."),
    "schools.holiday.taken": _("A holiday begins on that day already."),
    "schools.timetable.invalid": _("A lesson has a weekday, and ends after it begins."),
    "schools.period.invalid": _("The last day lies before the first."),
    "schools.post.class_teacher_taken": _("The class has a class teacher in that period already."),
    "schools.post.group_needed": _("Choose the class of the class teacher."),
    "se.compulsory.correction.ground_missing": _("Every ground of the law has to be affirmed."),
    "se.compulsory.correction.lower": _("A change may not lower the grade."),
    "se.compulsory.correction.not_heard": _(
        "Let the pupil and the guardians speak first, or say why that is unnecessary."
    ),
    "se.compulsory.correction.same": _("That is the grade already."),
    "se.compulsory.correction.unexplained": _("Say why: it goes into the catalogue of grades."),
    "se.compulsory.correction.unknown": _("The law knows no such correction of this."),
    "se.compulsory.correction.wrong_decider": _("Somebody else has to decide this: see who may, above."),
    "se.university.correction.backwards": _("The correction lies before the decision that it corrects."),
    "se.university.correction.ground_missing": _("Every ground of the law has to be affirmed."),
    "se.university.correction.lower": _("A re-examination never lowers a grade."),
    "se.university.correction.not_heard": _(
        "Let the student speak before the grade is lowered, or say why that is unnecessary."
    ),
    "se.university.correction.same": _("That is the grade already."),
    "se.university.correction.unexplained": _("Say why: it stands in the list that the examiner signs."),
    "se.university.correction.unknown": _("The law knows no such correction."),
    "se.university.correction.wrong_decider": _("Only an examiner decides that."),
    "sealing.certificates.issuer_missing": _(
        "The certificate of the authority that issued it is missing. Send the whole chain."
    ),
    "sealing.certificates.other_key": _("None of the certificates is for this key. Was another request sent?"),
    "sealing.certificates.unreadable": _("The file holds no certificate as PEM, DER or P7B."),
    "sealing.key.mismatch": _("The key is not the one that the certificate names."),
    "sealing.key.unavailable": _("The key cannot be opened. Ask the operator whether its file or token is in place."),
    "bg.school.correction.ground_missing": _("Every ground has to be affirmed, with an explanation."),
    "bg.school.correction.same": _("That is the value already."),
    "bg.school.correction.unknown": _("The rules know no such correction of this."),
    "bg.school.correction.wrong_decider": _("Somebody else has to decide this: see who may, above."),
    "vn.primary.correction.ground_missing": _("Every ground has to be affirmed, with an explanation."),
    "vn.primary.correction.same": _("That is the value already."),
    "vn.primary.correction.unknown": _("The rules know no such correction of this."),
    "vn.primary.correction.wrong_decider": _("Somebody else has to decide this: see who may, above."),
    "web.office.plan_changed": _("Somebody else changed the plan of this class meanwhile. Look at it again."),
    "web.office.somebody_else": _("Somebody else has that number. Look at each digit, and at the name."),
    "web.office.nothing_chosen": _("Choose documents that this can be done with."),
}
