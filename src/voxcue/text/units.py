# ruff: noqa: RUF001, SIM905
"""Units of measurement after a figure, attached or apart: "5 km", "25m²", "60 mph", "5'11\"", "1080p".

The figure itself is read by ``amounts``; this module knows the names of units and their plurals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.amounts import Amount, amount
from voxcue.text.numbers import cardinal, number, year
from voxcue.text.pieces import Piece, Reading, is_article, neighbour

_NAMES = """
km kilometer kilometers|m meter meters|cm centimeter centimeters|mm millimeter millimeters
μm micrometer micrometers|nm nanometer nanometers|mi mile miles|yd yard yards|ft foot feet|in inch inches
kg kilogram kilograms|g gram grams|mg milligram milligrams|μg microgram micrograms|lb pound pounds
lbs pound pounds|oz ounce ounces
l liter liters|L liter liters|ml milliliter milliliters|mL milliliter milliliters|cl centiliter centiliters
dl deciliter deciliters|gal gallon gallons|pt pint pints|tsp teaspoon teaspoons|tbsp tablespoon tablespoons
s second seconds|sec second seconds|secs second seconds|ms millisecond milliseconds
μs microsecond microseconds|ns nanosecond nanoseconds|min minute minutes|mins minute minutes
h hour hours|hr hour hours|hrs hour hours|yr year years|yrs year years|mo month months
Hz hertz hertz|kHz kilohertz kilohertz|MHz megahertz megahertz|GHz gigahertz gigahertz
kB kilobyte kilobytes|KB kilobyte kilobytes|MB megabyte megabytes|GB gigabyte gigabytes
TB terabyte terabytes|PB petabyte petabytes|KiB kibibyte kibibytes|MiB mebibyte mebibytes
GiB gibibyte gibibytes|kb kilobit kilobits|Mb megabit megabits|Gb gigabit gigabits
kbps kilobits_per_second kilobits_per_second|Mbps megabits_per_second megabits_per_second
Gbps gigabits_per_second gigabits_per_second|mph mile_per_hour miles_per_hour
kph kilometer_per_hour kilometers_per_hour|kmh kilometer_per_hour kilometers_per_hour
mpg mile_per_gallon miles_per_gallon|rpm revolution_per_minute revolutions_per_minute
bpm beat_per_minute beats_per_minute|fps frame_per_second frames_per_second|dpi dot_per_inch dots_per_inch
W watt watts|kW kilowatt kilowatts|MW megawatt megawatts|GW gigawatt gigawatts|Wh watt_hour watt_hours
kWh kilowatt_hour kilowatt_hours|MWh megawatt_hour megawatt_hours|V volt volts|mV millivolt millivolts
kV kilovolt kilovolts|A amp amps|mA milliamp milliamps|Ah amp_hour amp_hours|mAh milliamp_hour milliamp_hours
Ω ohm ohms|kΩ kilohm kilohms|J joule joules|kJ kilojoule kilojoules|cal calorie calories
kcal kilocalorie kilocalories|N newton newtons|Pa pascal pascals|kPa kilopascal kilopascals
hPa hectopascal hectopascals|psi pound_per_square_inch pounds_per_square_inch|dB decibel decibels
ha hectare hectares|hp horsepower horsepower|px pixel pixels|sqft square_foot square_feet
° degree degrees|°C degree_Celsius degrees_Celsius|°F degree_Fahrenheit degrees_Fahrenheit
% percent percent|‰ per_mille per_mille|× times times|x times times|k thousand thousand
M million million|mn million million|bn billion billion|tn trillion trillion|K K K|G G G|D D D|P P P
"""
UNITS = {
    symbol: (one.replace("_", " "), many.replace("_", " "))
    for symbol, one, many in (entry.split() for entry in re.split(r"[|\n]", _NAMES.strip()))
}
"""Unit symbol to its singular and plural names."""

# Too short or too common a word to be a unit unless it touches its figure.
_ATTACHED_ONLY = frozenset({"in", "A", "N", "x", "k", "K", "M", "G", "D", "P", "pt", "mo", "×"})
_APART = frozenset(UNITS) - _ATTACHED_ONLY
# Said as a unit even with no figure in sight: none of these is a word or a name.
_ALONE = frozenset({"km", "kg", "cm", "mm", "mg", "ml", "mL", "mph", "kmh", "kWh", "kW", "mAh", "Hz",
                    "kHz", "MHz", "GHz", "kB", "Mbps", "Gbps", "lbs", "°C", "°F", "km/h", "m/s", "m^2",
                    "km^2", "m^3", "cm^2", "cm^3", "dB"})  # fmt: skip
_PLACES = frozenset({"gate", "flat", "room", "seat", "row", "apartment", "unit", "section", "suite"})
_SINGULAR_CUES = frozenset({"per", "a", "an", "each", "every", "one"})
_MAGNITUDE_WORDS = frozenset({"hundred", "thousand", "million", "billion", "trillion", "half"})
_SQUARED_TIMES = {"s^2": "second squared", "s2": "second squared"}
_POWERS = {"2": "square", "3": "cubic"}
_WITH_UNIT = re.compile(r"([-+±~≈<>≤≥]?[\d.](?:[\d.,/ –-]*\d)?)-?([^\d\s].{0,11})")
_HYPHENATED = re.compile(r"(\d[\d.,]*)-([A-Za-z°%][A-Za-z/^\d]*)")
_RESOLUTION = re.compile(r"(\d{3,4})p")
_FEET_INCHES = re.compile(r"(\d{1,2})'\s?(\d{1,2})")
_LENGTH = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
_LOOK_BACK = 60
_COUNTED = frozenset(
    """people users customers jobs homes households copies views subscribers followers viewers downloads
    tons tonnes barrels votes voters children students workers members visitors passengers euros""".split()
)
_RACES = frozenset(
    """run runs race races walk walkers runner runners hurdles relay freestyle backstroke butterfly sprint
    sprinter dash steeplechase swim""".split()
)


def read_measure(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a figure with its unit, in one word or two, or a unit on its own."""
    core = pieces[index].core
    if len(core) > 40:
        return None
    if not any(map(str.isdigit, core)) or core in _ALONE:
        return _alone(pieces, index)
    if match := _RESOLUTION.fullmatch(core):
        return Reading((f"{year(int(match[1]))} P",))
    if match := _HYPHENATED.fullmatch(core):
        found, name = amount(match[1]), unit_name(match[2], singular=True)
        stopped = match[2].islower()
        return Reading((f"{found.words} {name}",), abbreviation=stopped) if found and name else None
    return _feet(pieces, index) or _attached(pieces, index) or _apart(pieces, index)


def unit_name(symbol: str, *, singular: bool) -> str | None:
    """Return the name of a unit, also of a squared, cubed or divided one, or ``None``."""
    top, slash, bottom = symbol.partition("/")
    base, _, power = top.partition("^")
    if base not in UNITS and top[-1:] in _POWERS:
        base, power = top[:-1], top[-1]
    if base not in UNITS or (power and power not in _POWERS):
        return None
    name = UNITS[base][0 if singular else 1]
    if power:
        name = f"{_POWERS[power]} {name}"
    if not slash:
        return name
    below = _SQUARED_TIMES.get(bottom) or unit_name(bottom, singular=True)
    below = below or (bottom if bottom.isalpha() else None)
    return f"{name} per {below}" if below else None


def _attached(pieces: Sequence[Piece], index: int) -> Reading | None:
    match = _WITH_UNIT.fullmatch(pieces[index].core)
    found = amount(match[1]) if match else None
    if match is None or found is None:
        return None
    before, after = neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if after is not None and not pieces[index].closing and (words := _counts(match[2], after)):
        return Reading((f"{found.words} {words}",))
    if match[2] == "A" and before is not None and (before.core.istitle() or before.core in _PLACES):
        return None  # "Gate 5A" is no current
    name = unit_name(match[2], singular=found.singular or is_article(before))
    return Reading((f"{found.words} {name}",)) if name else None


def _counts(letter: str, after: Piece) -> str | None:
    """Read the letter of "5m people", "400m hurdles", "5k run" and "3M Company", which the noun decides."""
    if letter == "m" and after.core in _COUNTED:
        return "million"
    if letter == "m" and after.core in _RACES:
        return "meter"
    named = letter == "M" and after.core in {"Company", "Corporation"}
    return letter.upper() if named or (letter == "k" and after.core in _RACES) else None


def _apart(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "5 km"; the figure and the unit stay together."""
    piece, after = pieces[index], neighbour(pieces, index + 1)
    if after is None or piece.closing or after.opening:
        return None
    if re.split("[/^]", after.core)[0] not in _APART and not _is_inches(pieces, index + 1):
        return None
    found: Amount | None = amount(piece.core)
    one = found is not None and (found.singular or is_article(neighbour(pieces, index - 1)))
    name = unit_name(after.core, singular=one) if found else None
    return Reading((found.words, name), abbreviation=after.core.isalpha()) if found and name else None


def _is_inches(pieces: Sequence[Piece], index: int) -> bool:
    """Say whether "in." is the unit: its stop is no end, because the sentence goes on."""
    after = neighbour(pieces, index + 1)
    abbreviated = pieces[index].core == "in" and pieces[index].closing == "."
    return abbreviated and after is not None and after.core[:1].islower()


def _alone(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a unit after "per", "million" or "half a", or one that can be nothing else."""
    core, before = pieces[index].core, neighbour(pieces, index - 1)
    cue = before.core.lower() if before is not None else ""
    if core not in _ALONE and not (cue in _MAGNITUDE_WORDS and core in _APART):
        return None
    name = unit_name(core, singular=cue in _SINGULAR_CUES)
    return Reading((name,), joined=cue in _MAGNITUDE_WORDS) if name else None


def _feet(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "5'11\\"", "6'" and "12\\"" where the mark cannot be the end of a quotation."""
    piece = pieces[index]
    if match := _FEET_INCHES.fullmatch(piece.core):
        return Reading((f"{cardinal(int(match[1]))} foot {cardinal(int(match[2]))}",))
    mark = piece.closing[:1]
    if mark not in {"'", '"'} or not _LENGTH.fullmatch(piece.core) or _quoted(pieces, index, mark):
        return None
    one, many = _angle(pieces, index, mark) or UNITS["ft" if mark == "'" else "in"]
    single = piece.core == "1" or is_article(neighbour(pieces, index - 1))
    return Reading((f"{number(piece.core)} {one if single else many}",))


def _angle(pieces: Sequence[Piece], index: int, mark: str) -> tuple[str, str] | None:
    """Return the unit of the "26'" and the '46"' that follow degrees."""
    back = 1 if mark == "'" else 2
    if index < back or not pieces[index - back].core.endswith("°"):
        return None
    return ("minute", "minutes") if mark == "'" else ("second", "seconds")


def _quoted(pieces: Sequence[Piece], index: int, mark: str) -> bool:
    """Say whether a quotation that began with ``mark`` is open at a piece."""
    opened = pieces[index].opening.count(mark)
    for piece in pieces[max(0, index - _LOOK_BACK) : index]:
        opened += piece.opening.count(mark)
        opened -= 0 if piece.core.isdecimal() else piece.closing.count(mark)
    return opened > 0
