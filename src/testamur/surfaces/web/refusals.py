"""A refusal in the visitor's language: one table from code to sentence, and the way into a form's field."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.kernel.base.refused import Refused

WRONG_HAT = _("This page belongs to another role. Change role in the menu if you have it.")

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
    "care.collector.invalid": _("Write a name and a telephone number; the last day does not lie before the first."),
    "care.collector.over": _("That person may not fetch the child on that day."),
    "care.day.closed": _("There is no care on that day."),
    "care.week.others": _("The other guardian writes these weeks. Here each guardian writes only their own."),
    "care.deadline.passed": _("That week is locked: call the staff. You can still say that the child does not come."),
    "care.hours.invalid": _("The hours end before they begin, or lie outside the opening hours."),
    "care.picture.invalid": _("That file is no picture. Choose JPEG, PNG or WebP of at most 2 MB."),
    "care.place.none": _("The child has no care there."),
    "care.presence.already": _("That was noted already, perhaps on another device."),
    "care.presence.fetcher": _("That person may not fetch the child today."),
    "care.presence.overtaken": _("Something later was noted for the child meanwhile. Look at the board."),
    "care.presence.time": _("The note lies in the future, or more than a day back."),
    "care.presence.undo": _("Only the latest note of a child can be taken back, for 15 minutes."),
    "care.setting.invalid": _("Look at the hours: the unit opens before it closes, on one weekday at least."),
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
    "conversations.away.invalid": _("Check the days: they end after they begin, and within a year."),
    "conversations.away.substitute": _("Choose somebody else of the school's staff."),
    "conversations.closed": _("The conversation is closed, or was so already. Nothing was added."),
    "conversations.due.invalid": _("Choose a time to come, within a year."),
    "conversations.file.infected": _("The virus scanner finds something in a file. Nothing was sent."),
    "conversations.file.kind": _(
        "A file is of a kind that is not taken, or not what its name says. Send PDF, PNG, JPEG, office documents "
        "without macros, or text."
    ),
    "conversations.file.too_large": _("A file is empty, or larger than 10 MB."),
    "conversations.file.too_many": _("Send at most 5 files."),
    "conversations.file.unchecked": _("The virus scanner does not answer, so no file is taken just now. Try again."),
    "conversations.post.withdrawn": _("The message is withdrawn already."),
    "conversations.recipient.nobody": _("Nobody whom you may write to is there to read it. Choose somebody else."),
    "conversations.sent": _("It was sent already and cannot be called off."),
    "conversations.text.missing": _("Write a subject and a message."),
    "conversations.text.too_long": _("The text is too long. Up to 10,000 characters are kept, and 200 of a subject."),
    "diary.assessment.conflict": _("Somebody else wrote here meanwhile. Look at both texts; nothing was overwritten."),
    "diary.assessment.none": _("There are no written assessments in this year level."),
    "diary.assessment.nothing": _("There is nothing among them that could be published."),
    "diary.assessment.off_scale": _("That is not a step of the scale. Choose one of those shown."),
    "diary.assessment.too_long": _("The text is too long. Up to 6000 characters are kept."),
    "diary.health.circle": _("You do not belong to those people yourself. Choose others, or ask the principal."),
    "diary.health.dates": _("The last day lies before the first."),
    "diary.health.ended": _("The note has ended already."),
    "diary.not_in_group": _("The pupil does not belong to this class on that day."),
    "diary.remark.kind": _("There is no such kind of remark."),
    "diary.remark.nobody": _("Choose at least one pupil."),
    "diary.remark.too_old": _("A day has passed. The class teacher or the principal can withdraw it."),
    "diary.remark.why": _("Say why you withdraw it."),
    "diary.remark.withdrawn": _("The remark is withdrawn already."),
    "diary.absence.changed": _("Some of these absences are no longer there. Look again; nothing was done."),
    "diary.absence.ground": _("Choose a ground that the law knows and that you may state."),
    "diary.leave.approver": _("Leave of so many days is decided by another post."),
    "diary.leave.ground": _("Choose one of the grounds."),
    "diary.leave.invalid": _(
        "Check the days and hours: they begin before they end, hours are for one day, and leave is asked for before."
    ),
    "diary.leave.no_school": _("There is no school on these days."),
    "diary.leave.past": _("These days are over: what was excused stays."),
    "diary.leave.row": _("These are more days in a row than guardians may excuse. Ask the school."),
    "diary.leave.state": _("It was decided or withdrawn meanwhile, or waits for the other guardian."),
    "diary.leave.twice": _("These days are reported or asked for already."),
    "diary.leave.why": _("Say why: the family reads it."),
    "diary.leave.year": _("These are more days in the school year than guardians may excuse. Ask the school."),
    "diary.lesson.changed": _("Somebody else has saved this lesson meanwhile. Nothing was overwritten."),
    "diary.lesson.invalid": _("Check the times, the minutes (1 to 300) and the day of the homework."),
    "diary.lesson.no_such_teacher": _("Choose somebody who is a teacher at the school on that day."),
    "diary.lesson.off": _("There is no such lesson on that day: it is cancelled, given already, or a holiday."),
    "diary.lesson.to_come": _("The lesson is still to come."),
    "diary.lesson.undo_late": _("It is too late to undo this. Save it again as it was."),
    "diary.mark.comment": _("A comment has at most 400 characters."),
    "diary.mark.comment_alone": _("A comment stands with a mark: write the mark too."),
    "diary.mark.kind": _("There is no such kind of mark in this subject and year."),
    "diary.mark.not_in_group": _("This pupil is not in the class."),
    "diary.no_pack": _("No rules are chosen for this school yet: ask the administrator."),
    "diary.no_term": _("There is no term on that day: ask the administrator."),
    "diary.not_your_subject": _("Somebody else teaches this here."),
    "diary.task.busy": _("Somebody is writing in this column just now. Try again."),
    "diary.task.day": _("The day lies outside the school year of the class."),
    "diary.task.retired": _("This column was taken out of the grid."),
    "diary.task.title": _("A title has at most 120 characters."),
    "diary.task.weight": _("A weight is a number from 0 to 100."),
    "diary.task.why": _("Say why: marks stand in this column."),
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
    "forms.answer.invalid": _("Answer this question, as it is asked."),
    "forms.answer.kept": _("This consent cannot be taken back, as it said when it was given. Talk to the school."),
    "forms.answer.not_asked": _("This form does not go to this child, or others answer it."),
    "forms.answer.not_decider": _("A consent is given by the guardians who have custody of the child."),
    "forms.answer.nothing": _("No consent of yours stands here."),
    "forms.answer.signature": _("This consent is given with a signature only."),
    "forms.form.frozen": _("The form is published: it is not changed any more, only replaced or closed."),
    "forms.form.invalid": _("Something is missing here, is too long, or does not go together with the rest."),
    "forms.form.over": _("The form cannot be answered any more, or not now."),
    "forms.form.reminded": _("Families were reminded of it today. Once a day is enough."),
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
    "reporting.certificate.not_published": _(
        "The certificate that this one replaces is on its way. It is tried again by itself."
    ),
    "reporting.comment.text": _("Write something, up to 1000 characters."),
    "reporting.control.wrong": _(
        "That is not the control number of this list. Look at each digit on the archive list."
    ),
    "reporting.correction.done": _("That result is corrected already. Correct the one in its place."),
    "reporting.correction.reason": _("The law knows no such correction."),
    "reporting.correction.under_way": _("A correction of that result is open already. Finish it, or discard it."),
    "reporting.desk.none": _("Nobody said where such letters go. Ask the programme office to enter the address."),
    "reporting.documents.nobody_signs": _("Nobody can sign these documents. Ask the head of the department."),
    "reporting.feedback.text": _("Say where it was, and what you tried or propose, in up to 2000 characters each."),
    "reporting.grader.no_post": _("Choose somebody who is a teacher or examiner at the university today."),
    "reporting.list.all_registered": _("Everybody in the list is registered by now."),
    "reporting.list.altered": _("The list is not what was sent any more. Nothing is decided by it: tell the office."),
    "reporting.list.anonymous": _(
        "This list is anonymous: it holds one exam alone, and names are told when everybody has a grade."
    ),
    "reporting.list.being_signed": _("The list is being signed just now. Wait until the signature is given or over."),
    "reporting.list.changed": _("Somebody changed the list since you looked at it. Look again; nothing was sent."),
    "reporting.list.corrections_alone": _("A list of corrections holds the results that it was opened for alone."),
    "reporting.list.frozen": _(
        "The list was sent, and nothing in it can be changed. Take it back first, or have the examiner return it."
    ),
    "reporting.list.no_address": _(
        "The staff directory has no e-mail address of you to write to. Ask the office to add it."
    ),
    "reporting.list.no_results": _("The rules of this department know no such list. Ask the administrator."),
    "reporting.list.not_examiner": _("Only an examiner of this course at this department can do that today."),
    "reporting.list.not_prepared": _("The documents of the list are still being made. Wait a moment."),
    "reporting.list.not_ready": _("The list was not sent: what stops it is shown in red. Everything is kept."),
    "reporting.list.not_sender": _("Only whoever sent the list takes it back. The examiner can return it."),
    "reporting.list.not_sent": _("The list does not wait for a signature any more."),
    "reporting.list.not_signed": _("The list is not signed by its examiner."),
    "reporting.list.other_way": _(
        "This list is signed the other way: electronically or on paper, as the decision in force says."
    ),
    "reporting.list.signed_on": _("Choose a day between the sending of the list and today."),
    "reporting.list.signed_whole": _(
        "These documents belong to a result list. Open the list and sign it as a whole; nothing was done here."
    ),
    "reporting.list.title": _(
        "Only a degree project has a title; the one in the original language comes first. Up to 400 characters."
    ),
    "reporting.list.too_many": _("Those are too many at once. Split them."),
    "reporting.list.ungraded": _("Names are shown when everybody in the list has a grade."),
    "reporting.list.why": _("Say what has to be put right, in up to 1000 characters."),
    "reporting.list.wrong_exam": _("That exam or occasion belongs to another course or module."),
    "reporting.row.changed": _("Somebody else wrote in this row meanwhile. Nothing was saved here."),
    "reporting.row.date": _("Write the examination date as 2026-10-28."),
    "reporting.row.date_ahead": _("That day is still to come. It is the day of the examination."),
    "reporting.row.elsewhere": _("Another list with the same student, examination and day waits for its signature."),
    "reporting.row.gone": _("Somebody took this student out of the list in the meantime."),
    "reporting.row.points": _("Points are a number with at most two decimals, such as 12.5."),
    "reporting.rule.exists": _("There is a decision for that day already. Choose another day."),
    "reporting.rule.not_decided": _("The head has not signed that decision yet. Until then it holds for nobody."),
    "reporting.rule.no_head": _("Nobody is head of this unit today. Ask the administrator."),
    "reporting.rule.reference": _("A file number has at most 80 characters."),
    "reporting.subscription.ends": _("Choose a day from today to three years ahead."),
    "reporting.subscription.exists": _("You subscribe to this course already."),
    "schools.period.begun": _("A day that is gone cannot be changed, nor a day be moved into the past."),
    "schools.period.narrow": _("A term would lie outside the year. Change the term first."),
    "timetable.nothing_chosen": _("Say for at least one lesson who gives it."),
    "web.results.no_file": _("Choose a file first."),
    "results.decision.exists": _("Another list decided a result of the same student, examination and day before."),
    "results.decision.no_such_post": _("One who decides does not hold that post at the school on that day."),
    "results.decision.not_a_correction": _(
        "It is corrected already, or the day does not fit: it lies between the first decision and today."
    ),
    "support.case.open": _("The reception of this person is begun already."),
    "support.contact.invalid": _("A contact has a name, and a telephone number, an e-mail address or a place."),
    "support.link.invalid": _("Links lead to https addresses of the chosen system, or of a host that is allowed."),
    "support.question.elsewhere": _("Somebody else has the question now. You can write a note."),
    "support.question.last": _("The question is with the last one of the chain already."),
    "support.question.nobody": _("No school answers here. Write to us instead."),
    "support.text.missing": _("Write something first."),
    "support.text.too_long": _("That is too long. Up to 4000 letters are kept."),
    "support.tool.invalid": _("A learning tool has a name and https addresses."),
    "schools.enrolment.in_class": _("The pupil is in a class on that day already. Move the pupil instead."),
    "schools.enrolment.taken": _("The pupil is in that class or group already."),
    "schools.group.taken": _("There is a class or group of that name already in this year."),
    "schools.path.invalid": _("A short name has letters and digits."),
    "schools.period.outside": _("These days lie outside the school year."),
    "schools.period.taken": _("There is one of that name already."),
    "schools.holiday.taken": _("A holiday begins on that day already."),
    "schools.timetable.invalid": _("A lesson has a weekday, and ends after it begins."),
    "learning.changed": _("Somebody else wrote here meanwhile. Nothing was overwritten; open the page again."),
    "learning.date.invalid": _("Choose a day of these school years, not one to come where it has happened already."),
    "learning.development.eid": _("The school asks for a signature with an e-ID."),
    "learning.development.empty": _("Write what the pupil works on next before you hand the plan over."),
    "learning.development.frozen": _("The plan was handed over and changes no more. Begin a new version."),
    "learning.development.none": _("There is no development plan in this year level."),
    "learning.development.other_document": _("Another document was signed than the one that stands. Start again."),
    "learning.development.signed": _("You have confirmed this version already."),
    "learning.entry.nobody": _("Choose at least one child."),
    "learning.goal.invalid": _("Write each goal once, up to 30 of them."),
    "learning.goal.used": _("Something is stated at a goal or level that would go. Keep it, or copy the plan."),
    "learning.level.invalid": _("A matrix has 2 to 6 levels, each with a name of its own."),
    "learning.not_in_group": _("The pupil does not belong to the group on that day."),
    "learning.not_published": _("Publish the plan first."),
    "learning.not_your_pupil": _("Somebody else teaches this subject here."),
    "learning.picture.alt": _("Say in words what the picture shows."),
    "learning.picture.consent": _("Somebody in a picture may not be shown: no consent stands."),
    "learning.picture.invalid": _("Choose a whole picture: JPEG, PNG or WebP, up to 20 MB and 50 million pixels."),
    "learning.picture.too_many": _("An entry holds up to 12 pictures."),
    "learning.plan.period": _("The plan ends before it begins, or is longer than a year and a half."),
    "learning.talk.over": _("The talk has been held, or called off."),
    "learning.talk.time": _("That time is not booked for this pupil, or has a talk already."),
    "learning.text.missing": _("This is needed."),
    "learning.text.too_long": _("The text is longer than is kept here."),
    "noticeboard.event.invalid": _("Check the event: it ends after it begins, and its group belongs to the school."),
    "noticeboard.event.not_invited": _("This event is not for that child."),
    "noticeboard.event.over": _("That has begun or is called off; nothing about it can be changed any more."),
    "noticeboard.feed.content": _("Choose at least one part of the calendar."),
    "noticeboard.menu.ended": _("That menu is kept no more."),
    "noticeboard.menu.invalid": _(
        "Check the menu: its name, its dishes (12 a day at most), and that no marks disagree."
    ),
    "noticeboard.menu.taken": _("There is a menu of that name already."),
    "noticeboard.test.too_many": _(
        "The law lets this class have no further test on that day or in that week. Choose another day."
    ),
    "keeping.extract.waits": _("It is being gathered already. Look here again in a minute."),
    "keeping.list.changed": _("The list is not the one that was shown. Look at it again."),
    "keeping.list.nothing": _("Everything of that kind is younger than the plan asks for."),
    "keeping.list.same_person": _("Somebody else than the one who approved has to carry it out."),
    "keeping.list.stands": _("There is an open list of that kind at this school already."),
    "keeping.list.state": _("The list is at another step by now. Look at it again."),
    "keeping.plan.kept": _("The plan keeps this, or no deletion of it is built."),
    "keeping.request.decided": _("It has been decided or withdrawn already."),
    "keeping.request.no_school": _("There is no school here that could decide."),
    "keeping.request.text": _("Write what it is about, in up to 2000 letters."),
    "keeping.request.too_many": _("So many of your requests wait already. Wait for an answer first."),
    "noticeboard.text.missing": _("Something has to be written here."),
    "noticeboard.text.too_long": _("That is longer than anybody reads. Write it shorter."),
    "noticeboard.time.invalid": _("No time of that length fits into these hours. A talk lasts 5 to 180 minutes."),
    "noticeboard.time.once": _("You have a time with this teacher already. Cancel it first if you want another."),
    "noticeboard.time.outside": _("Times lie within the hours of their meeting."),
    "noticeboard.time.overlaps": _("There is another time at that hour already."),
    "noticeboard.time.taken": _("Somebody else was faster: that time is taken. Please choose another."),
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
"""Refusal code → what to tell a person. A code that is not here is told in the verb's own English words."""


def sentence(refused: Refused) -> str:
    """What to tell the visitor."""
    found = SENTENCES.get(refused.code)
    return str(found) if found is not None else str(refused)


def into(form: Form, refused: Refused) -> None:
    """Put a refusal into the field that it names, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
