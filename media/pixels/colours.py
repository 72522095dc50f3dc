"""Profiles for colours that are told in numbers: AVIF's `nclx`, PNG's `cICP`, `gAMA` and `cHRM`, a camera's Adobe RGB.

The numbers are those of ITU-T H.273. What is brighter than paper (PQ, HLG) is rolled off, as it would be shown on a
screen that can do no more than white.
"""

import struct
from collections.abc import Callable

D65 = (0.3127, 0.3290)
D50 = (0.9642, 1.0, 0.8249)
SRGB = (*D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)  # x and y of white, red, green, blue
PRIMARIES = {
    1: SRGB,
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    8: (0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
ADOBE_RGB = (*D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
PAPER = 203  # candelas: what is white in a picture that can be brighter (BT.2408)
BRIGHTEST = 1000
KNEE = 0.8  # up to which light stays as it is
STEPS = 1024
Curve = Callable[[float], float]


def _srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _power(exponent: float) -> Curve:
    return lambda value: value**exponent


def _pq(value: float) -> float:
    power = value ** (1 / 78.84375)
    light = (max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    return _rolled_off(light * 10_000 / PAPER)


def _hlg(value: float) -> float:
    scene = value**2 / 3 if value <= 0.5 else (2.71828182846 ** ((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return _rolled_off(scene**1.2 * BRIGHTEST / PAPER)


def _rolled_off(light: float) -> float:
    if light <= KNEE:
        return light
    over, most = (light - KNEE) / (1 - KNEE), (BRIGHTEST / PAPER - KNEE) / (1 - KNEE)
    return min(KNEE + (1 - KNEE) * over / (1 + over) * (1 + 1 / most), 1.0)


# Those of television (1, 6, 14, 15) were seen on screens like ours, and are shown so by browsers.
CURVES: dict[int, Curve] = {
    4: _power(2.2),
    5: _power(2.8),
    8: _power(1.0),
    16: _pq,
    17: lambda value: min(value**2.6 * 52.37 / 48, 1.0),
    18: _hlg,
}


def of_numbers(primaries: int, transfer: int, *, is_narrow: bool = False) -> bytes | None:
    """A profile; None where the picture is in sRGB, or the numbers say nothing."""
    curve = CURVES.get(transfer, _srgb)
    space = PRIMARIES.get(primaries, SRGB)
    if curve is _srgb and space == SRGB and not is_narrow:
        return None
    if is_narrow:  # black at 16 and white at 235, as television has it
        return profile(space, lambda value: curve(min(max((value * 255 - 16) / 219, 0.0), 1.0)))
    return profile(space, curve)


def of_gamma(gamma: float, chromaticities: tuple[float, ...]) -> bytes | None:
    """A profile for what a PNG tells of its light and colours; None where that is sRGB, or nonsense."""
    if not 0.05 < gamma < 5:
        return None
    is_usual = all(abs(one - other) < 0.005 for one, other in zip(chromaticities, SRGB, strict=False))
    if abs(gamma - 1 / 2.2) < 0.01 and is_usual:
        return None
    try:
        return profile(chromaticities or SRGB, _power(1 / gamma))
    except ZeroDivisionError:  # primaries on one line
        return None


def adobe_rgb() -> bytes:
    return profile(ADOBE_RGB, _power(563 / 256))


def profile(space: tuple[float, ...], curve: Curve) -> bytes:
    """An ICC profile of three colours and the curve of their light."""
    columns = _columns(space)
    steps = [round(65535 * min(max(curve(step / (STEPS - 1)), 0.0), 1.0)) for step in range(STEPS)]
    light = b"curv\0\0\0\0" + struct.pack(f">I{STEPS}H", STEPS, *steps)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 2) + b"-\0" + b"\0" * 78,
        b"cprt": b"text\0\0\0\0-\0",
        b"wtpt": _xyz(D50),
        **{name + b"XYZ": _xyz(column) for name, column in zip((b"r", b"g", b"b"), columns, strict=True)},
    }
    at, table, body = 132 + 12 * (len(tags) + 3), b"", b""
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        table += name + struct.pack(">II", at + len(body), len(light))
    body += light
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28 + _xyz(D50)[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags) + 3) + table + body


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


Matrix = tuple[tuple[float, float, float], ...]
# How eyes get used to another white (Bradford).
CONES: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def _columns(space: tuple[float, ...]) -> list[tuple[float, ...]]:
    """Red, green and blue as XYZ under the white of profiles, so that together they are that white."""
    white, *colours = [(x / y, 1.0, (1 - x - y) / y) for x, y in zip(space[::2], space[1::2], strict=True)]
    cones = [_times(CONES, colour) for colour in colours]
    seen, wanted = _times(CONES, white), _times(CONES, D50)
    scaled = _inverse(tuple(zip(*cones, strict=True)))
    amounts = _times(scaled, seen)
    back = _inverse(CONES)
    return [
        _times(back, tuple(part * amount * to / of for part, to, of in zip(cone, wanted, seen, strict=True)))
        for cone, amount in zip(cones, amounts, strict=True)
    ]


def _times(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return tuple(tuple(value / whole for value in row) for row in rows)
