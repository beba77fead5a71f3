"""Cells that are most likely no data although the file does not say so: -9999 among heights of 30 to 60 m.

Only numbers that programs write for "no data" are looked for, and only where they lie far below or above all others,
so that a real minimum is never taken for one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Numbers that GIS programs and instruments write where they have no value.
_NUMBERS = (
    -9999.0, -99999.0, -999.0, -9999999.0, -32768.0, -32767.0, -2147483648.0, -2147483647.0, -1e20, -1e30, -1e32,
    float(np.float32(-3.4028235e38)), -1.7976931348623157e308,
    9999.0, 99999.0, 32767.0, 65535.0, 2147483647.0, 4294967295.0, 1e20, 1e30, float(np.float32(3.4028235e38)),
    1.7976931348623157e308,
)  # fmt: skip
#: The gap between such a number and the others, in spans of the others (from the lowest to the highest).
_GAP_IN_SPANS = 1.0


def untagged_nodata(cells: NDArray[np.float64]) -> float | None:
    """The number among finite `cells` (float64[n], as the file has them) that looks like "no data"; None without one.

    >>> untagged_nodata(np.array([-9999.0, 31.0, 48.5, -9999.0]))
    -9999.0
    >>> untagged_nodata(np.array([-9999.0, -9990.0, -11034.0])) is None  # the deep sea
    True
    """
    if not len(cells):
        return None
    for extreme, others in (
        (cells.min(), cells[cells > cells.min()]),
        (cells.max(), cells[cells < cells.max()]),
    ):
        if not len(others) or not np.isclose(extreme, _NUMBERS, rtol=1e-7, atol=0.0).any():
            continue
        low, high = float(others.min()), float(others.max())
        gap = low - float(extreme) if extreme < low else float(extreme) - high
        if gap > _GAP_IN_SPANS * (high - low):
            return float(extreme)
    return None


def untagged_advice(name: str, band: int, number: float, share: float) -> tuple[str, str]:
    """What to do about it, in Chinese and English. `share` of the cells that were looked at have the number.

    >>> untagged_advice("dem", 1, -9999.0, 0.1)[1]
    'band 1: 10 % of the cells are -9999, which looks like no data that the file does not declare; it is left out of \
the statistics but still drawn. If it is no data, write nodata = -9999 into dem.toml'
    """
    percent, said = f"{max(share * 100, 0.01):.2g}", f"{number:.9g}"
    return (
        f"第 {band} 波段有 {percent}% 的像元为 {said}，像是文件未声明的无数据值；统计中已排除，但仍会绘制。"
        f"如确为无数据，请在 {name}.toml 中写入 nodata = {said}",
        f"band {band}: {percent} % of the cells are {said}, which looks like no data that the file does not declare; "
        f"it is left out of the statistics but still drawn. If it is no data, write nodata = {said} into {name}.toml",
    )
