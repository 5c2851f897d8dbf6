# ruff: noqa: RUF001, SIM905
"""Amounts of money: the sign or code of a currency with a figure on either side of it.

"$3.50" is "three dollars fifty"; large sums keep their own word, so "$3.2 billion" is read across two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from voxcue.text.amounts import amount
from voxcue.text.numbers import NUMBER, cardinal, number
from voxcue.text.pieces import Piece, Reading, is_article, neighbour


class Currency(NamedTuple):
    """The names of a currency and of its hundredth ("" where there is none in use)."""

    one: str
    many: str
    cent: str = ""
    cents: str = ""


_DOLLAR = Currency("dollar", "dollars", "cent", "cents")
_YEN = Currency("yen", "yen")
_RUPEE = Currency("rupee", "rupees", "paisa", "paise")


def _dollar(country: str) -> Currency:
    return Currency(f"{country} dollar", f"{country} dollars", "cent", "cents")


CURRENCIES = {
    "$": _DOLLAR, "US$": _dollar("U-S"), "C$": _dollar("Canadian"), "CA$": _dollar("Canadian"),
    "A$": _dollar("Australian"), "AU$": _dollar("Australian"), "NZ$": _dollar("New Zealand"),
    "HK$": _dollar("Hong Kong"), "S$": _dollar("Singapore"), "R$": Currency("real", "reais"),
    "£": Currency("pound", "pounds", "penny", "pence"), "€": Currency("euro", "euros", "cent", "cents"),
    "¥": _YEN, "₹": _RUPEE, "Rs": _RUPEE, "₩": Currency("won", "won"),
    "₽": Currency("ruble", "rubles", "kopeck", "kopecks"), "₿": Currency("bitcoin", "bitcoins"),
    "¢": Currency("cent", "cents"),
    "USD": _dollar("U-S"), "CAD": _dollar("Canadian"), "AUD": _dollar("Australian"),
    "NZD": _dollar("New Zealand"), "EUR": Currency("euro", "euros", "cent", "cents"),
    "GBP": Currency("pound", "pounds", "penny", "pence"), "JPY": _YEN, "INR": _RUPEE,
    "CHF": Currency("Swiss franc", "Swiss francs"), "CNY": Currency("yuan", "yuan"),
    "KRW": Currency("won", "won"), "RUB": Currency("ruble", "rubles", "kopeck", "kopecks"),
    "SEK": Currency("Swedish krona", "Swedish kronor"), "NOK": Currency("Norwegian krone",
    "Norwegian kroner"), "DKK": Currency("Danish krone", "Danish kroner"), "PLN": Currency("zloty", "zlotys"),
    "MXN": Currency("Mexican peso", "Mexican pesos"), "BRL": Currency("real", "reais"),
}  # fmt: skip
MAGNITUDES = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million",
              "mm": "million", "MM": "million", "bn": "billion", "b": "billion", "B": "billion",
              "tn": "trillion", "t": "trillion", "T": "trillion", "thousand": "thousand",
              "million": "million", "billion": "billion", "trillion": "trillion",
              "hundred": "hundred"}  # fmt: skip
"""What multiplies a sum, as it is written after it."""

_COUNTS = frozenset("two three four five six seven eight nine ten twelve twenty fifty hundred".split())
# After a sum these go on with the sentence; any other word is what the sum describes.
_NOT_NOUNS = frozenset(
    """a an the and or but nor to for in on at of from by with per each more less off than is was are were
    be that which who when while as if it he she they we you i now today every apiece extra over under
    into after before because so then only not""".split()
)
_SIGNS = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_SIGN = {
    "": "",
    "-": "minus ",
    "+": "plus ",
    "~": "about ",
    "≈": "about ",
    "<": "less than ",
    ">": "more than ",
}
_FIGURE = rf"{NUMBER}(?:[-–](?:{_SIGNS})?{NUMBER})?"
_SUFFIX = "|".join(sorted((key for key in MAGNITUDES if key != "hundred"), key=len, reverse=True))
_BEFORE = re.compile(rf"([-+~≈<>]?)({_SIGNS})(-?)({_FIGURE})-?({_SUFFIX})?(\+?)")
_AFTER = re.compile(rf"([-+~≈<>]?)({_FIGURE})({_SUFFIX})?({_SIGNS})")
_PLAIN = re.compile(_FIGURE)
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})*,\d{2}(?!\d)")


def read_money(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a sum of money; one, two or three words of the text."""
    core = pieces[index].core
    if len(core) > 60 or not (core[0] in _FIRST or core[-1] in _FIRST):
        return None
    currency = CURRENCIES.get(core)
    if currency is not None:
        return _sign_alone(pieces, index, currency)
    text = _EUROPEAN.sub(lambda match: match[0].replace(".", "").replace(",", "."), core)
    if match := _BEFORE.fullmatch(text):
        sign, symbol, minus, figure, suffix, more = match.groups()
        said = _SIGN[sign or minus]
        return _sum(pieces, index, said, figure, CURRENCIES[symbol], suffix, " plus" if more else "")
    if match := _AFTER.fullmatch(text):
        sign, figure, suffix, symbol = match.groups()
        return _sum(pieces, index, _SIGN[sign], figure, CURRENCIES[symbol], suffix, "")
    return _code_after(pieces, index)


_FIRST = frozenset("0123456789.-+~≈<>") | {name[0] for name in CURRENCIES}


def _sum(
    pieces: Sequence[Piece],
    index: int,
    sign: str,
    figure: str,
    currency: Currency,
    suffix: str | None,
    more: str,
) -> Reading:
    figure = re.sub(_SIGNS, "", figure)
    after = neighbour(pieces, index + 1)
    apart = not suffix and after is not None and not pieces[index].closing and not after.opening
    if apart and after is not None and after.core in MAGNITUDES:
        currency = _described(pieces, index, index + 1, currency)
        return Reading((f"{sign}{_figure(figure)}", f"{MAGNITUDES[after.core]} {currency.many}{more}"))
    currency = _described(pieces, index, index, currency)
    if suffix:
        return Reading((f"{sign}{_figure(figure)} {MAGNITUDES[suffix]} {currency.many}{more}",))
    return Reading((f"{sign}{_counted(figure, currency)}{more}",))


def _described(pieces: Sequence[Piece], first: int, last: int, currency: Currency) -> Currency:
    """Return the currency without its plural where the sum describes a noun: "an eight dollar sandwich"."""
    before, after = neighbour(pieces, first - 1), neighbour(pieces, last + 1)
    if before is None or after is None or pieces[last].closing or after.opening:
        return currency
    counted = before.core.lower() in _COUNTS or before.core.isdecimal()
    if not (is_article(before) or (counted and not before.closing)):
        return currency
    noun = after.core.isalpha() and after.core.lower() not in _NOT_NOUNS | set(MAGNITUDES)
    return currency._replace(many=currency.one) if noun else currency


def _figure(figure: str) -> str:
    found = amount(figure)
    return found.words if found else number(figure)


def _counted(figure: str, currency: Currency) -> str:
    """Read a figure with its currency: "three dollars fifty", "ninety-nine cents"."""
    whole, _, cents = figure.replace(",", "").partition(".")
    if not (whole + cents).isdecimal() or len(cents) not in {0, 2} or len(whole) > 9 or not currency.cents:
        return f"{_figure(figure)} {currency.one if figure == '1' else currency.many}"
    major, minor = int(whole or "0"), int(cents or "0")
    if major == 0 and minor:
        return f"{cardinal(minor)} {currency.cent if minor == 1 else currency.cents}"
    said = f"{cardinal(major)} {currency.one if major == 1 else currency.many}"
    if 0 < minor < 10:
        return f"{said} and {cardinal(minor)} {currency.cent if minor == 1 else currency.cents}"
    return f"{said} {cardinal(minor)}" if minor else said


def _sign_alone(pieces: Sequence[Piece], index: int, currency: Currency) -> Reading | None:
    """Read "USD 30" and "€ 5": the figure is said first, as people do."""
    after = neighbour(pieces, index + 1)
    if (
        pieces[index].closing not in {"", "."}
        or after is None
        or after.opening
        or not _PLAIN.fullmatch(after.core)
    ):
        return None
    magnitude = neighbour(pieces, index + 2)
    if magnitude is not None and magnitude.core in MAGNITUDES and not after.closing:
        return Reading((_figure(after.core), MAGNITUDES[magnitude.core], currency.many))
    head, _, tail = _counted(after.core, currency).partition(" ")
    # A compound number stays whole: "one thousand" + "U-S dollars".
    names = currency.one if tail.endswith(currency.one) else currency.many
    if tail.endswith(names):
        return Reading((f"{head} {tail[: -len(names)]}".strip(), names))
    return Reading((head, tail))


def _code_after(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "30 USD", "5 million euros" written with a sign, and "30 €"."""
    piece, after = pieces[index], neighbour(pieces, index + 1)
    if after is None or piece.closing or after.opening or not _PLAIN.fullmatch(piece.core):
        return None
    currency = CURRENCIES.get(after.core)
    if currency is not None and after.core != "Rs":
        said = _figure(piece.core)
        return Reading((said, currency.one if said == "one" else currency.many))
    unit = neighbour(pieces, index + 2)
    if unit is None or after.closing or after.core not in MAGNITUDES or unit.core not in CURRENCIES:
        return None
    return Reading((_figure(piece.core), MAGNITUDES[after.core], CURRENCIES[unit.core].many))
