"""The field's words for people, shared by the command line and the desk. They stay Chinese in every language.

Keys are the identifiers used in the log and in JSON.
"""

from __future__ import annotations

from typing import Final

from gridclient.services.rows import UNPLACED

STATES: Final = {
    "reported": "待受理",
    "filed": "待派遣",
    "dispatched": "待签收",
    "handling": "处置中",
    "handled": "待核查",
    "closed": "已结案",
    "declined": "不予受理",
    "void": "作废",
    "merged": "并案",
}
BOXES: Final = {
    "reported": "待受理",
    "filed": "待派遣",
    "dispatched": "待签收",
    "due_soon": "将到期",
    "overdue": "已超期",
    "returned": "被退回",
    "handled": "待核查",
    "consultation": "待会商",
    "conflict": "冲突",
    "pending": "未上报",
}
ACTIONS: Final = {
    "file": "受理立案",
    "decline": "不予受理",
    "dispatch": "派遣",
    "sign": "签收",
    "return": "退回",
    "reassign": "改派",
    "escalate": "上报",
    "delegate": "下派",
    "urge": "催办",
    "feed_back": "处置反馈",
    "verify": "核查通过",
    "rework": "返工",
    "close": "结案",
    "reopen": "重开",
    "void": "作废",
    "rate": "评价",
    "amend": "修改",
    "note": "备注",
    "attach": "附件",
    "undo": "撤销",
    "resolve": "处理冲突",
}
EVENTS: Final = {
    "case_registered": "登记",
    "case_imported": "导入",
    "case_amended": "修改",
    "case_filed": "立案",
    "case_declined": "不予受理",
    "case_dispatched": "派遣",
    "case_signed": "签收",
    "case_returned": "退回",
    "case_reassigned": "改派",
    "case_escalated": "上报上级",
    "case_delegated": "下派",
    "case_urged": "催办",
    "case_fed_back": "处置反馈",
    "case_verified": "核查通过",
    "cooperation_released": "协办免办",
    "case_reworked": "返工",
    "case_closed": "结案",
    "case_reopened": "重开",
    "case_voided": "作废",
    "case_rated": "评价",
    "case_noted": "备注",
    "attachment_added": "附件",
    "action_undone": "撤销",
    "deadline_recomputed": "时限重算",
    "conflict_resolved": "冲突处理",
}
CHANNELS: Final = {
    "grid_worker": "网格员",
    "12345": "12345",
    "110": "民生110",
    "digital_city": "数字城管",
    "smart_community": "智慧社区",
    "one_nail": "一钉办好",
    "superior": "上级交办",
    "department": "部门派单",
    "leader": "领导交办",
    "patrol": "巡查",
    "video": "视频",
    "visit": "来访",
    "other": "其他",
}
STAGES: Final = {
    "accept": "受理",
    "dispatch": "派遣",
    "sign": "签收",
    "handle": "处置",
    "verify": "核查",
    "imported": "原定时限",
}
IMPORTED: Final = {
    "grid_code": "网格编码",
    "channel_text": "来源原文",
    "big_class": "大类",
    "small_class": "小类",
    "state": "",
    "state_text": "状态原文",
    "unit_text": "单位原文",
    "result": "处置结果",
}
"""What an import keeps of a row as the file told it; "" where the case says it itself."""
URGENCIES: Final = {1: "一般", 2: "紧急", 3: "特急"}
ROLES: Final = {
    "shift_leader": "值班长",
    "operator": "受理派遣员",
    "unit": "派驻机构",
    "supervisor": "网格督导",
    "assessor": "考核员",
    "admin": "系统管理员",
    "auditor": "审计员",
    "watcher": "只看案件",
}
ACCOUNTS: Final = {
    "operator": ROLES["operator"],
    "leader": ROLES["shift_leader"],
    "supervisor": ROLES["supervisor"],
    "admin": ROLES["admin"],
    "auditor": ROLES["auditor"],
    "system": "系统",
}
"""The accounts that every desk has, and the name for events that no person wrote."""
TIERS: Final = {
    "county": "区县",
    "township": "镇街",
    "zone": "片区",
    "community": "社区",
    "basic": "基础网格",
    UNPLACED: "不在任何网格内",
}
UNIT_KINDS: Final = {
    "stationed_a": "A类派驻",
    "stationed_b": "B类派驻",
    "department": "县级部门",
    "office": "镇街机构",
    "community_org": "村社区",
    "grid_worker": "网格员",
}
DUTY: Final = {"on_duty": "在岗", "out": "出动", "inactive": "停用"}
PARTS: Final = {
    "dispatched": "待签收",
    "handling": "处置中",
    "handled": "已反馈",
    "verified": "已核查",
    "released": "免办",
    "returned": "已退回",
}
IMPORTS: Final = {
    "divisions": "行政区划",
    "grids": "网格",
    "units": "单位",
    "standards": "立案结案标准",
    "cases": "案件",
    "calendar": "节假日历",
    "duties": "责任清单",
    "basemap": "底图",
}
AUDITED: Final = {
    "reporter_shown": "查看反映人信息",
    "imported": "导入文件",
    "import_given_up": "放弃中断的导入",
    "standard_list_used": "启用立案标准清单",
    "standard_list_left": "停用立案标准清单",
    "audit_saved": "导出操作记录",
    "table_accepted": "认下被改动的数据表",
    "sync.withdrawn": "撤下重复的未上报内容",
    "sync.given_way": "换下没有证明的内容，以同步中心为准",
    "sync.taken_up": "按新编号接着上报",
    "sync.aside": "搁置同步中心不收的操作",
    "sync.resumed": "有了权限，接着上报搁置的操作",
    "sync.incarnation": "启用新的席位编号",
}
RETURN_REASONS: Final = {
    "not_ours": "非本单位职责",
    "wrong_place": "不在管辖范围",
    "unclear": "信息不全",
    "duplicate": "重复派遣",
    "needs_county": "需县级部门办理",
}
DECLINE_REASONS: Final = {
    "out_of_scope": "不属受理范围",
    "duplicate": "重复反映",
    "no_facts": "事实不清且无法核实",
    "in_procedure": "已进入诉讼、仲裁、信访等程序",
    "withdrawn": "反映人撤回",
}
RATINGS: Final = {
    "very_satisfied": "非常满意",
    "satisfied": "满意",
    "fair": "基本满意",
    "dissatisfied": "不满意",
}
CONFLICT_CHOICES: Final = {
    "keep": "保持先到的操作",
    "take": "改按后到的操作",
}
