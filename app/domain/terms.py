"""What a person can be found by: names, years, phones and papers, brought to one form however they were written.

Every form has a version. A change of a normaliser raises `VERSION`, and the index is rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

import phonenumbers

VERSION = 1
LONGEST = 200  # characters of a name or a place; what is longer is no name
FEWEST_DIGITS = 6  # of a paper's number; shorter ones are shared by too many
OTHER_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ƣ": "u", "Ƣ": "u", "ı": "i"})
REMARK = re.compile(r"[(\[{][^)\]}]*[)\]}]?")
SEVERAL = re.compile(r"[;,/|\n]|\s[-–—]\s")
JOINERS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff"))
FOREIGN_ADDRESS = frozenset({"mr", "mrs", "ms", "miss"})
SPELT_OUT = frozenset({"cháu", "chú", "cô", "bác", "cậu", "dì", "thím", "mợ", "cụ", "bé", "thầy"})
"""Dropped only when spelt with their marks: Châu, Chu, Cồ, Bạc and Bế are family names."""
BEFORE_SURNAME = frozenset({"ông", "ong", "bà", "ba", "anh", "chị", "chi", "em"})
"""Dropped only before a family name: Anh and Chi are given names, which stand first where the order is swapped."""
SURNAMES = frozenset(
    re.findall(
        "[a-z]+",
        "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly li dinh trinh doan truong lam mai ha "
        "cao luong dao ta phung chu to luu thai vuong tang quach kieu vi lo nong hua trieu chau mac be vang giang sung "
        "thao luc quan ca quang tong dieu bac cam ma",
    )
)
RANKS = frozenset(
    f"{grade} {step}" for grade in ("dai", "thuong", "trung", "thieu") for step in ("uy", "ta")
) | frozenset({"thieu tuong", "trung tuong", "thuong tuong", "dai tuong", "bac si", "luat su", "giao vien"})
COMMUNE = re.compile(
    r"(?:^|[\s,;.\-–(])(?:xã|phường|thị trấn|đặc khu|x\.|p\.|tt\.)\s*([^,;.()\-–\n]+)", re.IGNORECASE
)
HIGHER_UNIT = re.compile(r"\s(?:huyện|quận|thị xã|thành phố|tỉnh|tp)\b.*", re.IGNORECASE)
PAPER_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{12}|[0-9]{9}|[A-Za-z][0-9]{7,8})(?![0-9A-Za-z])")
YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:-|\Z)")
WHOLE_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\Z")

_OLD_AND_NEW = "120>70 121>79 122>77 126>76 128>78 123>83 124>84 125>85 127>81 129>82 186>56 188>58 199>59"
MOBILE_UNTIL_2018 = {f"16{n}": f"3{n}" for n in range(2, 10)} | dict(
    pair.split(">") for pair in _OLD_AND_NEW.split()
)
"""Eleven-digit mobile prefixes and those that replaced them, without the leading 0 (plan of 15/9/2018)."""


class TermKind(IntEnum):
    """What a term is made of; the number is stored beside its tag. There is none of a bare family or given name."""

    NAME = 1  # the full name, word by word
    WORDS_YEAR = 2  # the words of the full name in alphabetical order, and the year of birth
    GIVEN_YEAR = 3  # the last word of the name, and the year of birth
    LAST_TWO_YEAR = 4  # the last two words of the name, and the year of birth
    PHONE = 5  # E.164
    DOCUMENT = 6  # letters and digits of an identity card, a passport or another paper
    COMMUNE_YEAR = 7  # the commune, and the year of birth
    WORDS_DATE = 8  # as WORDS_YEAR, with the whole date of birth


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A kind and a normalised value. It is personal data: it is never stored, logged or put into an address."""

    kind: TermKind
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody, as it was written: several spellings of a name, phones, papers, places.

    `born`: a year, or an ISO date that may lack month and day.
    """

    names: tuple[str, ...] = ()
    born: str = ""
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """The year of birth, four digits; empty when it is not known."""
        found = YEAR.match(self.born)
        return found[1] if found else ""

    @property
    def date(self) -> str:
        """The whole date of birth, ISO; empty when it is not known."""
        return self.born if WHOLE_DATE.match(self.born) else ""


def fold(text: str) -> str:
    """Words without marks, tone, case, punctuation and doubled blanks; scripts other than Latin keep their marks."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(OTHER_D)
    latin = "".join(c for c in bare if not "\u0300" <= c <= "\u036f")
    return _letters(unicodedata.normalize("NFKC", latin))


def full_name(text: str) -> str:
    """A name as it is compared: folded, without forms of address, ranks and remarks in brackets.

    Empty for a bare family or given name, and for what is too long to be a name.
    """
    words = name_words(text)
    return " ".join(words) if is_whole(words) else ""


def is_whole(words: tuple[str, ...]) -> bool:
    """True for more than a bare family or given name; Han, kana and hangul write a whole name as one word."""
    return len(words) > 1 or any(len(word) > 1 and ord(word[0]) > 0x2E7F for word in words)


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name in their order, folded; a single word stays what it is."""
    if len(text) > LONGEST:
        return ()
    written = _letters(unicodedata.normalize("NFC", REMARK.sub(" ", text))).split()
    return tuple(fold(" ".join(_without_address(written))).split())


def initials(name: str) -> str:
    """What a list shows of a name: the first letter of each word; "N. T. H…"."""
    letters = [word[0].upper() for word in _letters(REMARK.sub(" ", name[:LONGEST])).split()]
    return f"{'. '.join(letters)}…" if letters else ""


def phone(text: str) -> str:
    """E.164 with today's prefix; empty for what is nobody's own: short and police numbers, and for no number at all."""
    try:
        number = phonenumbers.parse(text[:40], "VN")
    except phonenumbers.NumberParseException:
        return ""
    national = str(number.national_number)
    if number.country_code == 84 and len(national) == 10 and national[:3] in MOBILE_UNTIL_2018:
        return f"+84{MOBILE_UNTIL_2018[national[:3]]}{national[3:]}"
    # Here no number goes on with a zero after its prefix; read again it would be another one.
    nobody = number.country_code == 84 and (national.startswith("69") or number.italian_leading_zero)
    if nobody or len(national) < FEWEST_DIGITS or not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def document(text: str) -> str:
    """Letters and digits of a paper's number, letters folded to capitals; empty when it is too short to tell."""
    kept = fold(text).replace(" ", "").upper() if len(text) <= LONGEST else ""
    usable = (
        kept.isascii() and FEWEST_DIGITS <= len(kept) <= 20 and sum(map(str.isdigit, kept)) >= FEWEST_DIGITS
    )
    return kept if usable else ""


def documents_in(text: str) -> tuple[str, ...]:
    """Numbers in a sentence that have the form of an identity card (9 or 12 digits) or a passport."""
    return tuple(document(found) for found in PAPER_IN_TEXT.findall(re.sub(r"(?<=\d)[ .](?=\d)", "", text)))


def commune(text: str) -> str:
    """The commune an address names with its kind ("xã", "phường" ...), folded, without the kind; else empty."""
    found = COMMUNE.search(unicodedata.normalize("NFC", text)[:500])
    return fold(HIGHER_UNIT.sub("", found[1]))[:LONGEST] if found else ""


def each_name(names: Iterable[str]) -> Iterator[str]:
    """Each name of a list of names, and of a line that holds several."""
    for name in names:
        if len(name) <= LONGEST:
            yield from filter(None, (part.strip() for part in SEVERAL.split(name)))


def terms_of(person: Person) -> frozenset[Term]:
    """Every term under which this person is indexed."""
    return frozenset(_terms(person))


def _terms(person: Person) -> Iterator[Term]:
    for name in each_name(person.names):
        yield from name_terms(name_words(name), person)
    for kind, values in (
        (TermKind.PHONE, map(phone, person.phones)),
        (TermKind.DOCUMENT, map(document, person.documents)),
    ):
        yield from (Term(kind, value) for value in values if value)
    if year := person.year:
        yield from (Term(TermKind.COMMUNE_YEAR, f"{c}|{year}") for c in map(commune, person.places) if c)


def name_terms(words: tuple[str, ...], person: Person) -> Iterator[Term]:
    """The terms of one name in its normalised words, with what is known of the person's birth."""
    if is_whole(words):
        yield Term(TermKind.NAME, " ".join(words))
    if words and person.year:
        yield Term(TermKind.GIVEN_YEAR, f"{words[-1]}|{person.year}")
    if len(words) > 1:
        yield from (words_term(words, born) for born in (person.year, person.date) if born)
    if len(words) > 2 and person.year:
        yield Term(TermKind.LAST_TWO_YEAR, f"{' '.join(words[-2:])}|{person.year}")


def words_term(words: Iterable[str], born: str) -> Term:
    """The words of a name in whatever order, with the year (four digits) or the whole date (ISO) of birth."""
    kind = TermKind.WORDS_YEAR if len(born) == 4 else TermKind.WORDS_DATE
    return Term(kind, f"{' '.join(sorted(words))}|{born}")


def _letters(text: str) -> str:
    if text.isascii():
        return " ".join(re.findall("[0-9A-Za-z]+", text))
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text.translate(JOINERS))
    return " ".join("".join(kept).split())


def _without_address(words: list[str]) -> list[str]:
    while len(words) > 2:
        if fold(" ".join(words[:2])) in RANKS and len(words) > 3:
            words = words[2:]
        elif _addresses(words[0].casefold(), fold(words[1])):
            words = words[1:]
        else:
            break
    return words


def _addresses(word: str, following: str) -> bool:
    return word in FOREIGN_ADDRESS | SPELT_OUT or (word in BEFORE_SURNAME and following in SURNAMES)
