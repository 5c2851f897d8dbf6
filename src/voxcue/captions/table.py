"""Timed words as a CSV table (RFC 4180), for spreadsheets and data tools."""

from __future__ import annotations

import csv
import io

from voxcue.captions.track import Track
from voxcue.captions.words import word_entries

HEADER = ("index", "text", "spoken", "start", "end", "confidence")


def words_csv(track: Track) -> str:
    r"""``track`` as a table: a header, then one row a word; times in seconds, rows end with ``\r\n``.

    Texts are exact. A word such as ``=1+1`` is therefore a formula to a spreadsheet that opens the file by
    double click: import the columns as text where the source text is not trusted.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for index, entry in enumerate(word_entries(track)):
        confidence = "" if entry["confidence"] is None else f"{entry['confidence']:.4f}"
        times = f"{entry['start']:.3f}", f"{entry['end']:.3f}"
        writer.writerow((index, entry["text"], entry["spoken"], *times, confidence))
    return buffer.getvalue()
