# ruff: noqa: SIM905
"""Shortened words and initials: "Dr. Smith", "e.g.", "No. 5", "Main St.", "J. K. Rowling", "U.S.A.".

An abbreviation is looked up with the full stop that belongs to it; its neighbours decide between two
readings ("St." is a saint or a street) and whether the next word must stay with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.numbers import number
from voxcue.text.pieces import Piece, Reading, neighbour
from voxcue.text.streets import STREETS, goes_on
from voxcue.text.symbols import letters

_TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "Gen": "General",
    "Capt": "Captain", "Lt": "Lieutenant", "Col": "Colonel", "Sgt": "Sergeant", "Maj": "Major",
    "Cpl": "Corporal", "Cmdr": "Commander", "Adm": "Admiral", "Rev": "Reverend", "Hon": "Honorable",
    "Sen": "Senator", "Rep": "Representative", "Gov": "Governor", "Pres": "President", "Mt": "Mount",
    "Ft": "Fort", "St": "Saint", "Fr": "Father", "Supt": "Superintendent", "Messrs": "Messieurs",
    "Atty": "Attorney",
}  # fmt: skip
"""Said in full before a name, and never apart from it."""

_STOPLESS_TITLES = frozenset({"Mr", "Mrs", "Ms", "Dr", "Prof"})
_NAMES_ONLY = frozenset({"St", "Mt", "Ft", "Rep", "Col", "Hon", "Adm", "Fr"})
_NUMBERED = {"No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "Fig": "figure",
             "fig": "figure", "Figs": "figures", "figs": "figures", "p": "page", "pp": "pages",
             "P": "page", "Vol": "volume", "vol": "volume", "Ch": "chapter", "ch": "chapter",
             "Sec": "section", "sec": "section", "Eq": "equation", "eq": "equation", "Art": "article",
             "art": "article", "c": "circa", "ca": "circa", "Pt": "part", "pt": "part",
             "Tel": "telephone", "tel": "telephone", "ext": "extension", "Ext": "extension", "Op": "opus",
             "op": "opus", "ed": "edition", "Rs": "rupees",
             "Rte": "route", "rte": "route", "para": "paragraph", "Para": "paragraph",
             "paras": "paragraphs", "Apt": "apartment", "apt": "apartment", "Ste": "suite",
             "Est": "established", "est": "established"}  # fmt: skip
"""Said so only before a figure."""

_WORDS = {
    "etc": "et cetera", "vs": "versus", "approx": "approximately", "e.g": "for example", "i.e": "that is",
    "cf": "compare", "viz": "namely", "Inc": "Incorporated", "Ltd": "Limited", "Co": "Company",
    "Corp": "Corporation", "Bros": "Brothers", "Jr": "Junior", "Sr": "Senior", "Esq": "Esquire",
    "Dept": "Department", "dept": "department", "est": "established", "Est": "established",
    "incl": "including", "excl": "excluding", "misc": "miscellaneous", "max": "maximum", "avg": "average",
    "tel": "telephone", "ext": "extension", "vol": "volume", "Vol": "Volume", "apt": "apartment",
    "Apt": "Apartment", "govt": "government", "Govt": "Government", "Univ": "University", "Ph.D": "P-H-D",
    "PhD": "P-H-D", "al": "al", "Assn": "Association", "assn": "association", "ft": "feet",
    "cu": "cubic", "sq": "square", "yd": "yards", "yds": "yards", "Rte": "Route", "Calif": "California",
    "Fla": "Florida", "Tex": "Texas", "Tenn": "Tennessee", "Conn": "Connecticut", "Ariz": "Arizona",
    "lbs": "pounds", "oz": "ounces", "hrs": "hours", "mins": "minutes",
}  # fmt: skip
_STOPLESS_WORDS = {
    "vs": "versus", "w/": "with", "w/o": "without", "b/c": "because", "WWI": "World War one",
    "WWII": "World War two", "PhD": "P-H-D", "Jr": "Junior", "etc": "et cetera", "Ph.D": "P-H-D",
    "Ph.D.s": "P-H-Ds", "PhDs": "P-H-Ds", "e.g": "for example", "i.e": "that is",
}  # fmt: skip
_LEADING = frozenset({"vs", "e.g", "i.e", "cf", "approx", "viz", "ca", "c", "cu", "sq"})
_STATES = {"Ala": "Alabama", "Ark": "Arkansas", "Colo": "Colorado", "Del": "Delaware", "Ga": "Georgia",
           "Ill": "Illinois", "Ind": "Indiana", "Kan": "Kansas", "Ky": "Kentucky", "La": "Louisiana",
           "Mass": "Massachusetts", "Md": "Maryland", "Mich": "Michigan", "Minn": "Minnesota",
           "Miss": "Mississippi", "Mo": "Missouri", "Mont": "Montana", "Neb": "Nebraska", "Nev": "Nevada",
           "Okla": "Oklahoma", "Ore": "Oregon", "Pa": "Pennsylvania", "Va": "Virginia", "Vt": "Vermont",
           "Wash": "Washington", "Wis": "Wisconsin", "Wyo": "Wyoming"}  # fmt: skip
"""Words or names too, most of them: states only after the letter of a party, as in "D-Wash."."""

_PARTY = re.compile(r"([DRI])-([A-Z][a-z]{1,4})")
_GLUED = re.compile(r"([A-Za-z]{1,4})\.(\d{1,9})")
_NTH = re.compile(r"\d{1,4}(?:st|nd|rd|th)")
_DOTTED = re.compile(r"((?:[^\W\d_]\.){2,}(?='?s$)|(?:[^\W\d_]\.)+[^\W\d_])('?s)?")
_SMALL_WORDS = frozenset({"a.m", "p.m"})
# A capitalised word that begins a sentence far more often than it follows an initial or "U.S.".
_OPENERS = frozenset(
    """the a an it he she they we i you but and or in on at this that these those there here so if when
    while what who how why where then now his her its our my your their no yes not for with as after
    before however to from by is are was were all some many most one two do don't did let's let
    please i'm i've i'll it's he's she's that's we're they're you're""".split()
)


def read_abbreviation(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read an abbreviation or an initial."""
    piece = pieces[index]
    if len(piece.core) > 20:
        return None
    stopped = piece.closing.startswith(".") and not piece.closing.startswith("..")
    for rule in (_title, _numbered, _compound):
        reading = rule(pieces, index, stopped=stopped)
        if reading is not None:
            return reading
    if stopped and len(piece.core) == 1 and piece.core.isupper():
        return _initial(pieces, index)
    dotted = _DOTTED.fullmatch(piece.core)
    if dotted is not None and piece.core not in _WORDS:
        return _dotted(pieces, index, dotted)
    words = (_WORDS if stopped else _STOPLESS_WORDS).get(piece.core)
    if words is None:
        return None
    return Reading((words,), abbreviation=stopped, holds=piece.core in _LEADING)


def opens_sentence(piece: Piece) -> bool:
    """Say whether a word reads as the first of a new sentence."""
    return piece.core.lower() in _OPENERS or bool(piece.opening)


def _is_name(piece: Piece | None) -> bool:
    return piece is not None and piece.core[:1].isupper()


def _title(pieces: Sequence[Piece], index: int, *, stopped: bool) -> Reading | None:
    core = pieces[index].core
    key = core.title() if core.isupper() else core
    if key not in _TITLES and key not in STREETS:
        return None
    before, after = neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if key in STREETS and stopped and _is_street(pieces, index, key):
        return Reading((STREETS[key],), abbreviation=True, holds=goes_on(after))
    if key not in _TITLES or (core.isupper() and _is_name(before) and key != core):
        return None
    if not _is_name(after):
        return Reading((_TITLES[key],), abbreviation=True) if stopped and key not in _NAMES_ONLY else None
    plain = stopped and len(pieces[index].closing) == 1
    if not plain and (key not in _STOPLESS_TITLES or pieces[index].closing):
        return None
    return Reading((_TITLES[key],), abbreviation=True, holds=True)


def _is_street(pieces: Sequence[Piece], index: int, key: str) -> bool:
    """Say whether "St." or "Dr." ends an address: a name before it, and a house number or no name after."""
    if key not in _TITLES:
        return True
    before, after = neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if before is not None and _NTH.fullmatch(before.core) and not before.closing:
        return True
    if before is None or not _is_name(before) or before.closing or opens_sentence(before):
        return False
    start = index - 1
    while start > max(0, index - 4) and _is_name(pieces[start]):
        start -= 1
    house = bool(re.fullmatch(r"\d{1,5}[A-Za-z]?", pieces[start].core))
    return house or not _is_name(after) or (after is not None and opens_sentence(after) and not after.opening)


def _numbered(pieces: Sequence[Piece], index: int, *, stopped: bool) -> Reading | None:
    piece, after = pieces[index], neighbour(pieces, index + 1)
    words = _NUMBERED.get(piece.core) if stopped and len(piece.closing) == 1 else None
    if words is None or after is None:
        return None
    roman = len(piece.core) > 2 and after.core.isalpha() and set(after.core) <= set("IVXLC")
    if not after.core[:1].isdigit() and not roman:
        return None
    return Reading((words.title() if piece.core.istitle() else words,), abbreviation=True, holds=True)


def _compound(pieces: Sequence[Piece], index: int, *, stopped: bool) -> Reading | None:
    """Read "No.1", whose space is missing, and "D-Calif."."""
    core = pieces[index].core
    if (match := _GLUED.fullmatch(core)) and match[1] in _NUMBERED:
        return Reading((f"{_NUMBERED[match[1]]} {number(match[2])}",))
    match = _PARTY.fullmatch(core) if stopped else None
    state = (_STATES.get(match[2]) or _WORDS.get(match[2])) if match else None
    return Reading((f"{match[1]}, {state}",), abbreviation=True) if match and state else None


def _initial(pieces: Sequence[Piece], index: int) -> Reading:
    """Read "J." in a name; an "A" keeps its stop, which tells it from the article."""
    core, after = pieces[index].core, neighbour(pieces, index + 1)
    holds = (
        after is not None
        and _is_name(after)
        and not opens_sentence(after)
        and len(pieces[index].closing) == 1
    )
    return Reading(("A." if core == "A" else core,), abbreviation=True, holds=holds)


def _dotted(pieces: Sequence[Piece], index: int, dotted: re.Match[str]) -> Reading:
    """Read "U.S.", "F.B.I.", "a.m.", "M.D.s"."""
    piece, after = pieces[index], neighbour(pieces, index + 1)
    core, tail = dotted[1], dotted[2] or ""
    holds = after is not None and _is_name(after) and not opens_sentence(after) and piece.closing == "."
    return Reading((letters(core) + tail,), abbreviation=True, holds=holds and core not in _SMALL_WORDS)
