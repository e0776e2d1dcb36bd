"""The reasons for a proposed unit, in Chinese."""

from __future__ import annotations

from gridclient.services.grounds import Ground
from gridclient.services.proposal import Candidate
from gridclient.services.words import DUTY

_KILOMETRE = 1000
_GROUNDS = {
    Ground.LISTED_LEAD: "清单主体责任",
    Ground.LISTED_COOPERATING: "清单配合责任",
    Ground.PRACTICE: "清单外，办过同类",
    Ground.FIELD: "清单外，主管{field}",
    Ground.SMALL_CLASS: "清单外，同小类责任单位",
    Ground.BIG_CLASS: "清单外，同大类责任单位",
    Ground.COMMUNITY: "清单外，属地村社区",
}


def reason_of(candidate: Candidate) -> str:
    """For instance ``清单主体责任 · 管辖本网格 · 在岗 · 1.2 km · 在手 6``, or ``清单外，主管环境卫生 · …``."""
    parts = [_GROUNDS[candidate.ground].format(field=candidate.field)]
    if candidate.unit.serves and candidate.ground is not Ground.COMMUNITY:
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
