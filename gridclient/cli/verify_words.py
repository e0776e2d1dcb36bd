"""What ``verify`` found, as lines for people."""

from __future__ import annotations

from typing import Final

_PROBLEMS: Final = {
    "table": "数据表缺失",
    "page": "数据页损坏",
    "index": "索引对不上",
    "seal": "内容被改动或缺失",
    "chain.gap": "日志缺号",
    "chain.broken": "日志记录对不上",
    "chain.head": "日志末端对不上",
    "chain.origin": "日志来源不明",
    "place": "上报位置对不上",
    "feed": "同步来源对不上",
    "event.unreadable": "日志记录读不出",
    "case.missing": "案件缺失",
    "case.row": "案件内容对不上",
    "case.parts": "承办单位对不上",
    "case.pack": "案件底稿对不上",
    "case.stranger": "日志里没有的案件",
    "part.stranger": "日志里没有的承办单位",
    "tally": "网格计数对不上",
    "unit_tally": "单位计数对不上",
    "search": "检索表对不上",
    "audit": "审计记录对不上",
    "file": "附件缺失或损坏",
}
"""The kinds of :class:`gridclient.store.verify.Verification`."""
SEALED: Final = {
    "_sqlite_migrations": "升级记录",
    "accounts": "账号",
    "attachment_files": "附件登记",
    "audit": "审计记录",
    "business_settings": "业务参数",
    "calendar_days": "工作日历",
    "carried": "代传签名",
    "counters": "案件编号计数",
    "desk_values": "席位设置",
    "device_keys": "席位公钥",
    "divisions": "行政区划",
    "drafts": "草稿",
    "feeds": "同步进度",
    "file_queue": "附件传送队列",
    "grid_communities": "网格所含社区",
    "grids": "网格",
    "heads": "席位签名",
    "import_numbers": "导入编号",
    "imports": "导入记录",
    "lost": "同步中心遗失的记录",
    "origins": "日志来源",
    "reference_state": "基础数据版本",
    "rounds": "同步记录",
    "standard_lists": "立案条件清单",
    "standards": "立案条件",
    "told": "已交换的基础数据",
    "unit_aliases": "单位别名",
    "unit_areas": "单位辖区",
    "unit_fields": "单位业务",
    "unit_people": "单位人员",
    "units": "单位",
    "views": "视图",
    "writers": "席位写入身份",
    "zone_communities": "片区所含社区",
}
"""The tables that :mod:`gridclient.store.seals` seals."""


def problem_line(problem: str) -> str:
    """A problem as a sentence: what is wrong, and where."""
    kind, _, where = problem.partition(" ")
    return f"{_PROBLEMS.get(kind, kind)}：{SEALED.get(where, where) if kind == 'seal' else where}"
