"""Cuts a cloud of sample points into compact groups of wanted shares: how the demo county gets its areas.

Pure numbers: knows neither codes nor polygons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Labels = NDArray[np.intp]
Distance = Callable[[Points], NDArray[np.float64]]

_WEIGHT_STEPS: Final = 30
_STEP: Final = 0.6
_TOLERANCE: Final = 0.06


def divide(points: Points, shares: Sequence[float], *, rank: Distance, rounds: int = 24) -> Labels:
    """Give each point the index of a share, in compact groups of about the wanted sizes.

    The first shares go to the groups that ``rank`` lowest (say, nearest to the town centre).
    """
    count = len(shares)
    if count == 1:
        return np.zeros(len(points), dtype=np.intp)
    labels = _bisect(points, count)
    centres = _means(points, labels, np.zeros((count, 2)))
    centres = centres[np.argsort(rank(centres), kind="stable")]
    wanted = np.asarray(shares, dtype=np.float64) / float(sum(shares))
    weights = np.zeros(count)
    for _ in range(rounds):
        labels, weights = balance(points, centres, wanted, weights)
        centres = _means(points, labels, centres)
    return labels


def balance(
    points: Points, centres: Points, wanted: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[Labels, NDArray[np.float64]]:
    """Tune the weights of a power diagram around fixed centres until every cell holds about its wanted share."""
    squares = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    labels = nearest(squares, weights)
    for _ in range(_WEIGHT_STEPS):
        got = np.bincount(labels, minlength=len(centres)) / len(points)
        error = wanted - got
        if float(np.abs(error / wanted).max()) < _TOLERANCE:
            break
        weights = weights + _STEP * np.clip(error / wanted, -0.5, 0.5) * _reach(squares, labels, len(centres))
        labels = nearest(squares, weights)
    return labels, weights


def nearest(squares: NDArray[np.float64], weights: NDArray[np.float64]) -> Labels:
    """The index of the power cell each point lies in."""
    return np.asarray(np.argmin(squares - weights, axis=1), dtype=np.intp)


def _reach(squares: NDArray[np.float64], labels: Labels, count: int) -> NDArray[np.float64]:
    """Mean square distance of each cell's points to its centre; for an empty cell the smallest of the others."""
    own = squares[np.arange(len(labels)), labels]
    sums = np.bincount(labels, weights=own, minlength=count)
    sizes = np.bincount(labels, minlength=count)
    reach = sums / np.maximum(sizes, 1)
    reach[sizes == 0] = float(np.min(reach[sizes > 0]))
    return np.asarray(reach, dtype=np.float64)


def _means(points: Points, labels: Labels, fallback: Points) -> Points:
    count = len(fallback)
    sizes = np.bincount(labels, minlength=count)
    sums = np.stack([np.bincount(labels, weights=points[:, axis], minlength=count) for axis in (0, 1)], axis=1)
    means = sums / np.maximum(sizes, 1)[:, None]
    return np.where(sizes[:, None] > 0, means, fallback)


def _bisect(points: Points, count: int) -> Labels:
    """A first cut into equal groups: halve along the longer axis, again and again."""
    labels = np.zeros(len(points), dtype=np.intp)
    queue = [(np.arange(len(points)), 0, count)]
    while queue:
        members, first, groups = queue.pop()
        if groups == 1:
            labels[members] = first
            continue
        low = groups // 2
        spread = np.ptp(points[members], axis=0) if len(members) else np.zeros(2)
        order = members[np.argsort(points[members, int(spread[1] > spread[0])], kind="stable")]
        cut = round(len(order) * low / groups)
        queue += [(order[:cut], first, low), (order[cut:], first + low, groups - low)]
    return labels
