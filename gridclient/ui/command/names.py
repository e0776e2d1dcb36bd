"""What people call the commands and the parts of the settings, besides their titles. Not shown, only found."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def other_names() -> Mapping[str, str]:
    """Words for commands, by the names of their actions, separated by spaces."""
    return {
        "help": translate("CommandNames", "说明 手册 教程"),
        "register": translate("CommandNames", "新建 新增 录入 接警 建单"),
        "refresh": translate("CommandNames", "更新 上传"),
        "import": translate("CommandNames", "表格 模板 Excel xlsx csv"),
        "sync": translate("CommandNames", "U盘 优盘 注册 上传 网络 未上报"),
        "offline": translate("CommandNames", "断网 网线"),
        "undo": translate("CommandNames", "撤回 反悔"),
        "search": translate("CommandNames", "搜索 查询 检索"),
        "clear": translate("CommandNames", "重置 清空 全部案件"),
        "theme": translate("CommandNames", "主题 夜间 暗色"),
        "settings": translate("CommandNames", "选项 配置 参数"),
        "quit": translate("CommandNames", "关闭 下班"),
        "decline": translate("CommandNames", "不受理 拒绝"),
        "dispatch": translate("CommandNames", "派单 交办 转办 分派 指派"),
        "sign": translate("CommandNames", "接单"),
        "feed_back": translate("CommandNames", "回复 处置结果"),
        "verify": translate("CommandNames", "核实 复查"),
        "close": translate("CommandNames", "办结 归档"),
        "return": translate("CommandNames", "退单 驳回"),
        "reassign": translate("CommandNames", "转派 换单位"),
        "urge": translate("CommandNames", "催单 督促"),
        "amend": translate("CommandNames", "更正 编辑 补充"),
        "note": translate("CommandNames", "批注 说明"),
        "rate": translate("CommandNames", "满意度 回访"),
        "void": translate("CommandNames", "删除"),
    }


def settings_parts() -> Mapping[str, tuple[str, str]]:
    """Title and words of the parts of the settings, by their places for :meth:`Pages.show`."""
    return {
        "settings/look": (translate("LookSection", "外观"), translate("CommandNames", "主题 浅色 深色 颜色")),
        "settings/limits": (
            translate("LimitsSection", "时限与工作时间"),
            translate("CommandNames", "工作日 节假日 日历 调休 上班时间 镇街代码"),
        ),
        "settings/standards": (
            translate("ListsSection", "立案标准清单"),
            translate("CommandNames", "立案条件 责任清单"),
        ),
        "settings/backups": (
            translate("BackupSection", "备份与恢复"),
            translate("CommandNames", "还原 恢复码 加密 密钥 换电脑"),
        ),
        "settings/base_maps": (translate("BaseMapSection", "底图"), translate("CommandNames", "地图 影像 卫星 瓦片")),
        "settings/audit": (translate("AuditSection", "操作记录"), translate("CommandNames", "日志 审计 留痕")),
        "settings/about": (translate("AboutSection", "关于与许可"), translate("CommandNames", "版本 开源 升级")),
    }
