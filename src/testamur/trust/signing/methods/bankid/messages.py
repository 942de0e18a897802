"""What to tell the user at every hint and error: BankID's message ids (RFA…) with texts in Swedish and English.

The ids are BankID's (Relying Party Guidelines); the wording is our own, in the sense of the id. Whoever answers a
telephone in a bank understands the id, so the id is always shown with the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from testamur.trust.signing.methods.bankid import words

TEXTS: Mapping[str, tuple[str, str]] = {
    "RFA1": ("Starta BankID-appen.", "Start your BankID app."),
    "RFA2": (
        "BankID-appen finns inte på den här enheten. Kontakta din bank.",
        "The BankID app is not on this device. Please contact your bank.",
    ),
    "RFA3": ("Åtgärden avbröts. Försök igen.", "Action cancelled. Please try again."),
    "RFA4": (
        "En identifiering eller underskrift för det här personnumret pågick redan. Båda avbröts. Försök igen.",
        (
            "An identification or signature for this personal number was already under way. Both were stopped. "
            "Please try again."
        ),
    ),
    "RFA5": ("Internt tekniskt fel. Försök igen.", "Internal error. Please try again."),
    "RFA6": ("Åtgärden avbröts.", "Action cancelled."),
    "RFA8": (
        (
            "BankID-appen svarar inte. Kontrollera att den är startad och att du har internet. "
            "Saknar du ett giltigt BankID kan du skaffa ett hos din bank. Försök sedan igen."
        ),
        (
            "The BankID app is not responding. Check that it is started and that you have internet access. "
            "If you have no valid BankID you can get one from your bank. Then try again."
        ),
    ),
    "RFA9": (
        "Skriv din säkerhetskod i BankID-appen och välj Identifiera eller Skriv under.",
        "Enter your security code in the BankID app and choose Identify or Sign.",
    ),
    "RFA13": ("Försöker starta BankID-appen.", "Trying to start your BankID app."),
    "RFA14A": (
        (
            "Söker efter BankID, det kan ta en stund. Hittas inget efter några sekunder finns troligen inget "
            "BankID som kan användas på den här datorn. Har du ett BankID-kort, sätt in det i läsaren. Saknar du "
            "BankID kan du skaffa ett hos din bank; har du det på en annan enhet, starta BankID-appen där."
        ),
        (
            "Searching for BankID, this may take a moment. If none is found within a few seconds there is probably "
            "none on this computer that can be used. If you have a BankID card, insert it in the reader. If you have "
            "no BankID you can get one from your bank; if you have one on another device, start the BankID app there."
        ),
    ),
    "RFA14B": (
        (
            "Söker efter BankID, det kan ta en stund. Hittas inget efter några sekunder finns troligen inget "
            "BankID som kan användas på den här enheten. Saknar du BankID kan du skaffa ett hos din bank; har du det "
            "på en annan enhet, starta BankID-appen där."
        ),
        (
            "Searching for BankID, this may take a moment. If none is found within a few seconds there is probably "
            "none on this device that can be used. If you have no BankID you can get one from your bank; if you have "
            "one on another device, start the BankID app there."
        ),
    ),
    "RFA15A": (
        "Söker efter BankID på den här datorn. Har du ett BankID-kort, sätt in det i läsaren.",
        "Searching for BankID on this computer. If you have a BankID card, insert it in the reader.",
    ),
    "RFA15B": ("Söker efter BankID på den här enheten.", "Searching for BankID on this device."),
    "RFA16": (
        (
            "BankID:t du försöker använda är spärrat eller för gammalt. Använd ett annat eller skaffa ett nytt hos din "
            "bank."
        ),
        "The BankID you are trying to use is blocked or too old. Use another one or get a new one from your bank.",
    ),
    "RFA17A": (
        (
            "BankID-appen verkar inte finnas på den här datorn eller mobilen. Installera den och skaffa ett BankID hos "
            "din bank."
        ),
        "The BankID app does not seem to be on this computer or mobile. Install it and get a BankID from your bank.",
    ),
    "RFA17B": (
        (
            "QR-koden lästes inte av. Starta BankID-appen och läs av koden i den. Har du inte appen, installera den "
            "och skaffa ett BankID hos din bank."
        ),
        (
            "The QR code was not scanned. Start the BankID app and scan the code in it. If you do not have the app, "
            "install it and get a BankID from your bank."
        ),
    ),
    "RFA18": ("Starta BankID-appen.", "Start the BankID app."),
    "RFA19": (
        "Vill du använda BankID på den här datorn eller ett mobilt BankID?",
        "Do you want to use BankID on this computer or a mobile BankID?",
    ),
    "RFA20": (
        "Vill du använda BankID på den här enheten eller på en annan enhet?",
        "Do you want to use BankID on this device or on another device?",
    ),
    "RFA21": ("Identifiering eller underskrift pågår.", "Identification or signing in progress."),
    "RFA22": ("Okänt fel. Försök igen.", "Unknown error. Please try again."),
    "RFA23": (
        "Fotografera och läs av din id-handling med BankID-appen.",
        "Photograph and scan your ID document with the BankID app.",
    ),
    # our own, where BankID has no message
    "T1": (
        "Det var någon annans BankID. Du skriver under med ditt eget.",
        "That was somebody else's BankID. You sign with your own.",
    ),
    "T2": (
        "Underskriften kunde inte bekräftas och räknas inte. Inget är underskrivet. Försök igen.",
        "The signature could not be confirmed and does not count. Nothing is signed. Please try again.",
    ),
    "T3": (
        "Svaret från BankID kom inte fram. Inget är underskrivet. Försök igen.",
        "The answer from BankID did not arrive. Nothing is signed. Please try again.",
    ),
    "T4": (
        "Bekräfta i BankID-appen att det är du som talar i telefon med oss.",
        "Confirm in the BankID app that it is you who is on the phone with us.",
    ),
    "T5": ("Du svarade i BankID-appen att du inte är i samtal med oss.", "You declined the call in the BankID app."),
    "T6": (
        "Din BankID-app är för gammal för det här. Uppdatera den och försök igen.",
        "Your BankID app is too old for this. Update it and try again.",
    ),
    "T7": (
        "BankID stoppade åtgärden som riskabel. Kontakta din bank.",
        "BankID stopped this as too risky. Please contact your bank.",
    ),
    "T8": (
        "Det var någon annans BankID. Identifiera dig med ditt eget.",
        "That was somebody else's BankID. Identify yourself with your own.",
    ),
    "T9": (
        "Identifieringen kunde inte bekräftas. Du är inte inloggad. Försök igen.",
        "The identification could not be confirmed. You are not logged in. Please try again.",
    ),
    "T10": (
        "Svaret från BankID kom inte fram. Du är inte inloggad. Försök igen.",
        "The answer from BankID did not arrive. You are not logged in. Please try again.",
    ),
    "T11": (
        "BankID-appen återvände till en annan webbläsare. För säkerhets skull avbröts försöket. Försök igen.",
        "The BankID app returned to another browser. To be safe this was stopped. Please try again.",
    ),
}
"""Id → (Swedish, English)."""

PENDING: Mapping[str, str] = {
    "noClient": "RFA1",
    "userMrtd": "RFA23",
    "userCallConfirm": "T4",
    "userSign": "RFA9",
    "processing": "RFA21",
}
FAILED: Mapping[str, str] = {
    "expiredTransaction": "RFA8",
    "certificateErr": "RFA16",
    "userCancel": "RFA6",
    "cancelled": "RFA3",
    "userDeclinedCall": "T5",
    "notSupportedByUserApp": "T6",
    "transactionRiskBlocked": "T7",
    "otherPerson": "T1",
    "evidenceRefused": "T2",
    "answerLost": "T3",
    "neverBegun": "RFA8",
    "internalError": "RFA5",
    "loginOtherPerson": "T8",
    "loginEvidenceRefused": "T9",
    "loginAnswerLost": "T10",
    "loginOtherBrowser": "T11",
}
ERRORS: Mapping[str, str] = {
    "alreadyInProgress": "RFA4",
    "canceled": "RFA3",
    "requestTimeout": "RFA5",
    "internalError": "RFA5",
    "maintenance": "RFA5",
    "Maintenance": "RFA5",
}
"""Codes of error replies; any other is RFA22."""


def pending(hint: str, *, same_device: bool, mobile: bool = True) -> str:
    """Message id while an order is pending; a hint that nobody knew when this was written means RFA21: go on."""
    if hint == "outstandingTransaction":
        return "RFA13" if same_device else "RFA1"
    if hint == "started":
        found = "RFA15" if same_device else "RFA14"
        return f"{found}{'B' if mobile else 'A'}"
    return PENDING.get(hint, "RFA21")


def failed(hint: str, *, same_device: bool) -> str:
    """Message id of a failed order; RFA22 for a hint that nobody knew."""
    if hint == "startFailed":
        return "RFA17A" if same_device else "RFA17B"
    return FAILED.get(hint, "RFA22")


def error(code: str) -> str:
    """Message id of an error reply."""
    return ERRORS.get(code, "RFA22")


def text(message_id: str, locale: str) -> str:
    """The words: Swedish, Vietnamese or Bulgarian for their readers, English for everybody else."""
    swedish, english = TEXTS[message_id]
    language = _language(locale)
    ours = {"vi": words.VIETNAMESE, "bg": words.BULGARIAN}.get(language)
    if ours is not None:
        return ours[message_id]
    return swedish if language == "sv" else english


def speaks(locale: str) -> bool:
    """True when BankID itself has its messages in the language that `text` answers in; else say that it is ours."""
    return _language(locale) not in {"vi", "bg"}


def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-")[0].lower()
