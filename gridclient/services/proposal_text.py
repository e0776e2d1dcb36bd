"""Why a unit is proposed, in words."""

from __future__ import annotations

from gridclient.domain.case import Role
from gridclient.services.proposal import Candidate
from gridclient.services.words import DUTY

_KILOMETRE = 1000


def reason_of(candidate: Candidate) -> str:
    """For instance ``清单主体责任 · 管辖本网格 · 在岗 · 1.2 km · 在手 6``."""
    listed = {Role.LEAD: "清单主体责任", Role.COOPERATING: "清单配合责任", None: "不在清单内"}[candidate.listed]
    parts = [listed]
    if candidate.unit.serves:
        parts.append("管辖本网格")
    parts.append(DUTY.get(candidate.unit.status, candidate.unit.status))
    if candidate.metres is not None:
        parts.append(distance_text(candidate.metres))
    if candidate.recent:
        parts.append(f"同类近 90 天 {candidate.recent} 件")
    parts.append(f"在手 {candidate.load}")
    return " · ".join(parts)


def distance_text(metres: float) -> str:
    """``380 m`` or ``1.2 km``."""
    return f"{metres:.0f} m" if metres < _KILOMETRE else f"{metres / _KILOMETRE:.1f} km"
