"""Forms of messages: writing, answering, being away, news of a class; and the files that are sent with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from testamur.schoolday.conversations import files
from testamur.schoolday.conversations.rules import (
    LONGEST,
    LONGEST_SUBJECT,
    MOST_BYTES,
    MOST_FILES,
    FilesTooMany,
    FileTooLarge,
    Pace,
    Taken,
)
from testamur.surfaces.web.forms import Day, Moment
from testamur.surfaces.web.messages.words import languages
from testamur.surfaces.web.requests import WebRequest

ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.pptx,.odt,.ods,.odp,.txt"


class Files(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Files; what each is, is looked at by `taken`."""

    def __init__(self) -> None:
        """Optional, with what is taken."""
        super().__init__(
            label=gettext_lazy("Files"),
            required=False,
            widget=Files(attrs={"accept": ACCEPT}),
            help_text=gettext_lazy(
                "Up to 5 files of at most 10 MB each: PDF, pictures, office documents, text. "
                "Where and with what a picture was taken is removed from it."
            ),
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """All that were sent."""
        some = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFiles, self).clean(one, initial) for one in some if one]


def taken(sent: Sequence[UploadedFile[Any]]) -> tuple[Taken, ...]:
    """The files, looked at and stored. Raises what `conversations.files.take` raises; reads none that is too large."""
    if len(sent) > MOST_FILES:
        raise FilesTooMany("Too many files.", field="enclosed", most=MOST_FILES)
    for one in sent:
        if (one.size or 0) > MOST_BYTES:
            raise FileTooLarge("Too large.", field="enclosed", name=one.name)
    return files.take([(str(one.name), one.read()) for one in sent])


def given(request: WebRequest) -> dict[str, Any]:
    """What a form is bound to; nothing for a page that is only shown."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


class AnswerForm(forms.Form):
    """A text with files, in a language."""

    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )
    enclosed = SeveralFiles()
    language = forms.ChoiceField(label=gettext_lazy("Language of the message"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The language of the page, unless another is chosen."""
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = languages()
        language.initial = get_language()


class WriteForm(AnswerForm):
    """A conversation to begin, as one of the staff."""

    to = forms.ChoiceField(label=gettext_lazy("To"))
    subject = forms.CharField(
        label=pgettext_lazy("of a message", "Subject"),
        max_length=LONGEST_SUBJECT,
        help_text=gettext_lazy("Name no pupil in it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    talk = forms.BooleanField(
        label=gettext_lazy("All who get it may answer to all"),
        required=False,
        help_text=gettext_lazy("Otherwise each answer comes to you alone, and nobody learns who else got the message."),
    )
    due_at = forms.DateTimeField(
        label=gettext_lazy("Send later, at"),
        required=False,
        widget=Moment,
        help_text=gettext_lazy("Empty: now. It can be called off until then."),
    )
    field_order = ("to", "subject", "text", "enclosed", "language", "due_at", "talk")

    def __init__(self, choices: Sequence[Any], *args: Any, **kwargs: Any) -> None:
        """With everybody whom the writer reaches."""
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = choices


class AskForm(AnswerForm):
    """A conversation to begin, as a family."""

    to = forms.MultipleChoiceField(label=gettext_lazy("To"), widget=forms.CheckboxSelectMultiple)
    subject = forms.CharField(
        label=pgettext_lazy("of a message", "Subject"),
        max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    talk = forms.BooleanField(label=gettext_lazy("The child's other guardians may read and answer too"), required=False)
    field_order = ("to", "subject", "text", "enclosed", "language", "talk")

    def __init__(self, choices: Sequence[Any], *args: Any, shared: bool = True, **kwargs: Any) -> None:
        """With the staff whom the family reaches; `shared`: other guardians can be let in."""
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = choices
        if not shared:
            del self.fields["talk"]


class AwayForm(forms.Form):
    """Days on which one does not answer."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=Day())
    last = forms.DateField(label=gettext_lazy("Last day"), widget=Day())
    note = forms.CharField(
        label=gettext_lazy("What people are told"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("Stands above your conversations on these days. Say nothing of your health."),
    )
    substitute = forms.ChoiceField(
        label=gettext_lazy("Who reads and answers meanwhile?"),
        required=False,
        help_text=gettext_lazy("Sees the conversations in which something is written on these days, and no others."),
    )

    def __init__(self, colleagues: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """With those who could stand in."""
        super().__init__(*args, **kwargs)
        substitute: Any = self.fields["substitute"]
        substitute.choices = [("", _("Nobody")), *colleagues]


class TellingForm(forms.Form):
    """How soon one is told by letter that messages wait."""

    pace = forms.ChoiceField(
        label=gettext_lazy("How are you told of new messages?"),
        choices=[
            (Pace.DAILY.value, gettext_lazy("One letter on weekday mornings, when something is unread")),
            (Pace.NOW.value, gettext_lazy("A letter at once for each")),
            (Pace.OFF.value, gettext_lazy("No letters: I look here")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A letter says who wrote and how many messages wait; never what stands in them."),
    )


class NewsForm(forms.Form):
    """News of a class or of the school."""

    group = forms.ChoiceField(label=gettext_lazy("For whom?"), required=False)
    audience = forms.ChoiceField(
        label=gettext_lazy("Who is told?"),
        choices=[("family", gettext_lazy("Families")), ("staff", gettext_lazy("Staff only"))],
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("Name no pupil; all families of the class or school read it."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the text"))

    def __init__(self, groups: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """With the groups that one tells news; the empty value is the whole school."""
        super().__init__(*args, **kwargs)
        group: Any = self.fields["group"]
        group.choices = groups
        group.required = all(value for value, _name in groups)
        language: Any = self.fields["language"]
        language.choices = [one for one in languages() if one[0]]
        language.initial = get_language()
