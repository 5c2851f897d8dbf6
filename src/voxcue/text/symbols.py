# ruff: noqa: RUF001, SIM905
"""The names of symbols, and the plain reading of a word that mixes letters, digits and symbols.

This is the reading of last resort: it always finds something to say for a letter or a digit, in one
pass over the word. It knows nothing of neighbouring words.
"""

from __future__ import annotations

import re

from voxcue.text.numbers import digits, number, ordinal, year

SYMBOLS = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "‰": "per mille", "#": "hash",
    "×": "times", "÷": "divided by", "±": "plus or minus", "≈": "about", "≠": "is not equal to",
    "≤": "at most", "≥": "at least", "→": "to", "§": "section", "¶": "paragraph", "°": "degrees",
    "√": "square root of", "∞": "infinity", "∑": "sum of", "∆": "delta", "$": "dollars", "£": "pounds",
    "€": "euros", "¥": "yen", "₹": "rupees", "₩": "won", "₽": "rubles", "₿": "bitcoin", "¢": "cents",
    "™": "", "®": "", "©": "", "℠": "", "<": "less than", ">": "greater than", "~": "about",
}  # fmt: skip
"""What a symbol is called between other things; an empty name is never said."""

_ALONE = frozenset("&+=@%#×÷±≈≠≤≥§¶°√∞$£€¥₹₩₽₿¢")
# "<", ">" and "~" are markup as often as mathematics: they are said only before a figure.
_BEFORE_FIGURES = frozenset("<>~")

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
        "upsilon phi chi psi omega".split(),
        strict=True,
    )
)
_KNOWN_LETTERS = {"USA": "USA"}  # engines know it whole, and say the last letter better so
_VOWELS = re.compile("[aeiouy]", re.IGNORECASE)
_PUNCTUATION = (
    r"\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b8\u00bb-\u00bf×÷\u2010-\u2027\u2030-\u205e"
)
_SYMBOL_CLASS = re.escape("".join(SYMBOLS))
_RUN = re.compile(
    r"(?P<exponent>\^-?\d+)"
    r"|(?P<figure>\d+(?:,\d{3})*(?:\.\d+)?)"
    r"|(?P<greek>(?<![Α-ω])[Α-ω](?![Α-ω]))"
    rf"|(?P<word>[^\d{_PUNCTUATION}{_SYMBOL_CLASS}₠-₿←-⋿Α-ω]+(?:'[^\W\d_]+)*|[Α-ω]+)"
    r"|(?P<symbol>.)",
    re.DOTALL,
)
_HUMP = re.compile(
    r"(?<=[a-z]{3})(?=[A-Z][A-Za-z])"  # "camel|Case", "get|HTTP"
    r"|(?<=[A-Z][a-z]{2})(?=[A-Z][a-z])"  # "Git|Hub"
    r"|(?<=[A-Z])(?=[A-Z][a-z]{2})"  # "HTTP|Response"
)
# "McDonald", "MacArthur", "FitzGerald": a capital inside, yet one word.
_ONE_WORD = re.compile(r"(?:Mc|Mac|Fitz|Des|Van|Del)[A-Z][a-z]+")


def symbol_alone(core: str) -> str:
    """Return what is said for a word that is one symbol, or "" when it is silent."""
    return {"&&": "and", "->": "to", "=>": "to", "→": "to"}.get(core) or (
        SYMBOLS[core] if core in _ALONE else ""
    )


def letters(word: str) -> str:
    """Return a word spelled out: capital letters joined by hyphens, so that an "A" is not an article."""
    word = "".join(filter(str.isalpha, word.upper()))
    return _KNOWN_LETTERS.get(word) or "-".join(word)


def greek(letter: str) -> str:
    """Return the name of one Greek letter, or the letter itself where it has an accent."""
    return _GREEK.get(letter.lower().replace("ς", "σ"), letter)


def humps(word: str, *, all_of_them: bool = False) -> str:
    """Return a CamelCase word as its parts; ``all_of_them`` also parts those of two letters ("OfCode")."""
    if all_of_them:
        return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", word)
    return word if _ONE_WORD.fullmatch(word) else " ".join(_HUMP.split(word))


def is_acronym(word: str) -> bool:
    """Say whether a run of letters next to digits is spelled out: "MP", "GPT", "txt", "B"."""
    if not word.isascii() or not word.isalpha():
        return False
    return (
        len(word) <= 2 or (word.isupper() and len(word) == 3) or (len(word) <= 5 and not _VOWELS.search(word))
    )


def spell_out(core: str) -> str:
    """Return the plain reading of any word, run by run."""
    mixed = any(map(str.isdigit, core)) or "&" in core
    said: list[str] = []
    for match in _RUN.finditer(core):
        said += _run(match, core, mixed)
    return join(said)


def join(said: list[str]) -> str:
    """Join words with spaces, but a lone capital "A" with a hyphen: with a space it is an article."""
    line = " ".join(word for word in said if word)
    return re.sub(r"(?:(?<=^)|(?<= ))A (?=\w)", "A-", re.sub(r"(?<=\w) A$", "-A", line))


def _run(match: re.Match[str], core: str, mixed: bool) -> list[str]:
    run = match[0]
    if match["figure"]:
        return [figure(run)]
    if match["exponent"]:
        return _exponent(run, core[: match.start()])
    if match["greek"]:
        return [greek(run)]
    if match["word"]:
        return _letters_run(run, mixed)
    return _symbol(run, core, match.start())


def _letters_run(run: str, mixed: bool) -> list[str]:
    if not any(map(str.isalnum, run)):
        return []
    if mixed and is_acronym(run):
        return [letters(run)]
    return [humps(run) if len(run) < 100 else run]


def figure(run: str) -> str:
    """Return a figure inside a mixed word: four digits as a year is read, long runs digit by digit."""
    if len(run) == 4 and run.isdecimal() and 1000 < int(run) < 10000 and run[1:] != "000":
        return year(int(run))
    return number(run) if len(run) <= 4 or not run.isdecimal() else digits(run)


def _exponent(run: str, before: str) -> list[str]:
    base = re.search(r"[^\W\d_]+$", before[-8:])
    if base and len(base[0]) > 2:
        return []  # a footnote mark on a word
    power = int(run[1:9] or 0) if len(run) < 9 else 0
    plain = {2: "squared", 3: "cubed"}.get(power)
    if not before or not power:
        return [digits(run)]
    return [plain or f"to the {ordinal(power) if power > 0 else f'minus {number(run[2:])}'}"]


def _symbol(run: str, core: str, at: int) -> list[str]:
    after = core[at + 1 : at + 2]
    before = core[at - 1 : at] if at else ""
    if run == before == after or (run == before and at > 1 and core[at - 2] == run):
        return []  # an ornament, "=====", not arithmetic
    if run == "." and after.isdigit():
        return ["point"]
    if run in _BEFORE_FIGURES and not after.isdigit():
        return []
    if run == "-" and after.isdigit() and not before.isalnum():
        return ["minus"]
    if run == "#" and not after and at == 1 and "A" <= before <= "G":
        return ["sharp"]
    if run in "×*" and before.isdigit() and after.isdigit():
        return ["by" if run == "×" and not core.startswith("10^", at + 1) else "times"]
    return [SYMBOLS.get(run, "")]
