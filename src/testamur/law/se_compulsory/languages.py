"""Languages of the subjects M1, M2 and ML: three-letter codes of ISO 639-2/-3 with Swedish and English names.

Where ISO 639-2 has two codes the terminological one (639-2/T, the same as 639-3) is ours and the bibliographic one is
read as well: DEU and GER, FRA and FRE. A language that is missing is added here; nothing else has to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `other` is its second ISO 639-2 code, if it has one."""

    code: str
    name: str
    english: str
    other: str = ""


LANGUAGES: Mapping[str, Language] = {
    row[0]: Language(*row)
    for row in (
        ("AFR", "afrikaans", "Afrikaans"),
        ("AII", "assyriska", "Assyrian"),
        ("AKA", "akan", "Akan"),
        ("AMH", "amhariska", "Amharic"),
        ("ARA", "arabiska", "Arabic"),
        ("AZE", "azerbajdzjanska", "Azerbaijani"),
        ("BAL", "baluchi", "Balochi"),
        ("BEL", "belarusiska", "Belarusian"),
        ("BEN", "bengali", "Bengali"),
        ("BOD", "tibetanska", "Tibetan", "TIB"),
        ("BOS", "bosniska", "Bosnian"),
        ("BUL", "bulgariska", "Bulgarian"),
        ("CAT", "katalanska", "Catalan"),
        ("CES", "tjeckiska", "Czech", "CZE"),
        ("CKB", "sorani", "Central Kurdish"),
        ("CLD", "kaldeiska", "Chaldean Neo-Aramaic"),
        ("CYM", "kymriska", "Welsh", "WEL"),
        ("DAN", "danska", "Danish"),
        ("DEU", "tyska", "German", "GER"),
        ("ELL", "grekiska", "Greek", "GRE"),
        ("ENG", "engelska", "English"),
        ("EST", "estniska", "Estonian"),
        ("EUS", "baskiska", "Basque", "BAQ"),
        ("EWE", "ewe", "Ewe"),
        ("FAO", "färöiska", "Faroese"),
        ("FAS", "persiska", "Persian", "PER"),
        ("FIL", "filipino", "Filipino"),
        ("FIN", "finska", "Finnish"),
        ("FIT", "meänkieli", "Meänkieli"),
        ("FRA", "franska", "French", "FRE"),
        ("FUL", "fulani", "Fulah"),
        ("GLE", "iriska", "Irish"),
        ("GUJ", "gujarati", "Gujarati"),
        ("HAU", "hausa", "Hausa"),
        ("HEB", "hebreiska", "Hebrew"),
        ("HIN", "hindi", "Hindi"),
        ("HRV", "kroatiska", "Croatian"),
        ("HUN", "ungerska", "Hungarian"),
        ("HYE", "armeniska", "Armenian", "ARM"),
        ("IBO", "igbo", "Igbo"),
        ("IND", "indonesiska", "Indonesian"),
        ("ISL", "isländska", "Icelandic", "ICE"),
        ("ITA", "italienska", "Italian"),
        ("JPN", "japanska", "Japanese"),
        ("KAL", "grönländska", "Greenlandic"),
        ("KAT", "georgiska", "Georgian", "GEO"),
        ("KAZ", "kazakiska", "Kazakh"),
        ("KHM", "khmer", "Khmer"),
        ("KIN", "kinyarwanda", "Kinyarwanda"),
        ("KIR", "kirgiziska", "Kyrgyz"),
        ("KMR", "kurmanji", "Northern Kurdish"),
        ("KOR", "koreanska", "Korean"),
        ("KUR", "kurdiska", "Kurdish"),
        ("LAO", "laotiska", "Lao"),
        ("LAT", "latin", "Latin"),
        ("LAV", "lettiska", "Latvian"),
        ("LIN", "lingala", "Lingala"),
        ("LIT", "litauiska", "Lithuanian"),
        ("LUG", "luganda", "Ganda"),
        ("MAL", "malayalam", "Malayalam"),
        ("MAN", "mandinka", "Mandingo"),
        ("MAR", "marathi", "Marathi"),
        ("MKD", "makedonska", "Macedonian", "MAC"),
        ("MLT", "maltesiska", "Maltese"),
        ("MON", "mongoliska", "Mongolian"),
        ("MSA", "malajiska", "Malay", "MAY"),
        ("MYA", "burmesiska", "Burmese", "BUR"),
        ("NEP", "nepali", "Nepali"),
        ("NLD", "nederländska", "Dutch", "DUT"),
        ("NOR", "norska", "Norwegian"),
        ("ORM", "oromo", "Oromo"),
        ("PAN", "punjabi", "Punjabi"),
        ("POL", "polska", "Polish"),
        ("POR", "portugisiska", "Portuguese"),
        ("PRS", "dari", "Dari"),
        ("PUS", "pashto", "Pashto"),
        ("ROM", "romani chib", "Romany"),
        ("RON", "rumänska", "Romanian", "RUM"),
        ("RUN", "kirundi", "Rundi"),
        ("RUS", "ryska", "Russian"),
        ("SIN", "singalesiska", "Sinhala"),
        ("SLK", "slovakiska", "Slovak", "SLO"),
        ("SLV", "slovenska", "Slovenian"),
        ("SMA", "sydsamiska", "Southern Sami"),
        ("SME", "nordsamiska", "Northern Sami"),
        ("SMI", "samiska", "Sami"),
        ("SMJ", "lulesamiska", "Lule Sami"),
        ("SOM", "somaliska", "Somali"),
        ("SPA", "spanska", "Spanish"),
        ("SQI", "albanska", "Albanian", "ALB"),
        ("SRP", "serbiska", "Serbian"),
        ("SWA", "swahili", "Swahili"),
        ("SWE", "svenska", "Swedish"),
        ("SYR", "syriska", "Syriac"),
        ("TAM", "tamil", "Tamil"),
        ("TEL", "telugu", "Telugu"),
        ("TGK", "tadzjikiska", "Tajik"),
        ("TGL", "tagalog", "Tagalog"),
        ("THA", "thailändska", "Thai"),
        ("TIR", "tigrinska", "Tigrinya"),
        ("TUK", "turkmeniska", "Turkmen"),
        ("TUR", "turkiska", "Turkish"),
        ("UIG", "uiguriska", "Uyghur"),
        ("UKR", "ukrainska", "Ukrainian"),
        ("URD", "urdu", "Urdu"),
        ("UZB", "uzbekiska", "Uzbek"),
        ("VIE", "vietnamesiska", "Vietnamese"),
        ("WOL", "wolof", "Wolof"),
        ("YID", "jiddisch", "Yiddish"),
        ("YOR", "yoruba", "Yoruba"),
        ("ZHO", "kinesiska", "Chinese", "CHI"),
    )
}

CANONICAL: Mapping[str, str] = {
    **{code: code for code in LANGUAGES},
    **{language.other: code for code, language in LANGUAGES.items() if language.other},
}
