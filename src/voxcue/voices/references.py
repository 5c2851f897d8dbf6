"""A reference as one file: a WAV that carries its own transcript, and a seal that tells whether it is whole.

The transcript is in the comment of the WAV (RIFF INFO, ``ICMT``), after a hash of samples and transcript. So
the two can never be mixed, whoever writes at the same time, and a damaged file is known for one.
"""

from __future__ import annotations

import struct
import wave
from hashlib import sha256
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from voxcue.types import Clip, Reference

_MARK = "voxcue-reference-1"


def reference(name: str, clip: Clip, transcript: str) -> Reference:
    """A prepared recording under a name, with the 16-bit samples that it will be kept with."""
    whole = _whole(clip)
    key = _key(whole, clip.sample_rate, transcript)
    return Reference(name, Clip(_floats(whole), clip.sample_rate), transcript, key)


def encode(made: Reference) -> bytes:
    """The WAV file of a reference: mono, 16 bit."""
    rate = made.clip.sample_rate
    note = _chunk(
        b"LIST", b"INFO" + _chunk(b"ICMT", f"{_MARK} {made.key} {made.transcript}".encode() + b"\0")
    )
    form = _chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16))
    sound = _chunk(b"data", _whole(made.clip).astype("<i2").tobytes())
    return _chunk(b"RIFF", b"WAVE" + form + note + sound)


def decode(name: str, data: bytes) -> Reference | None:
    """The reference in a WAV file; ``None`` if it is another file, or is not as it was written."""
    key, transcript = _sealed(data)
    if not key:
        return None
    try:
        with wave.open(BytesIO(data)) as sound:
            rate, samples = sound.getframerate(), np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    except (wave.Error, EOFError, ValueError):
        return None
    if _key(samples, rate, transcript) != key:
        return None
    return Reference(name, Clip(_floats(samples), rate), transcript, key)


def said_in(head: bytes) -> str | None:
    """The transcript that a WAV file carries, from its first bytes; ``None``: it carries none of ours."""
    return _sealed(head)[1] or None


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _sealed(data: bytes) -> tuple[str, str]:
    """Key and transcript in the comment of a WAV file; both empty if there is none of ours."""
    place = 12
    while place + 8 <= len(data) and data[:4] == b"RIFF":
        name, size = struct.unpack_from("<4sI", data, place)
        body = data[place + 8 : place + 8 + size]
        if name == b"LIST" and body[:8] == b"INFOICMT":
            (length,) = struct.unpack_from("<I", body, 8)
            mark, _, rest = body[12 : 12 + length].rstrip(b"\0").decode(errors="replace").partition(" ")
            key, _, transcript = rest.partition(" ")
            return (key, transcript) if mark == _MARK else ("", "")
        place += 8 + size + size % 2
    return "", ""


def _whole(clip: Clip) -> NDArray[np.int16]:
    return np.clip(np.round(clip.samples * 32768), -32768, 32767).astype(np.int16)


def _floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    return samples.astype(np.float32) / np.float32(32768)


def _key(samples: NDArray[np.int16], rate: int, transcript: str) -> str:
    digest = sha256(f"{rate} {transcript}\n".encode())
    digest.update(samples.astype("<i2").tobytes())
    return digest.hexdigest()
