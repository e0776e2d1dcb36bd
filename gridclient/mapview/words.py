"""The words on the map page, translated here because the page cannot ask Qt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def page_words() -> dict[str, str]:
    """Every word that the page's scripts show, by the name that they use for it."""
    translate = QCoreApplication.translate
    return {
        "map": translate("MapPage", "网格地图"),
        "auto": translate("MapPage", "自动"),
        "autoHint": translate("MapPage", "随缩放切换网格层级"),
        "tiers": translate("MapPage", "网格层级"),
        "zone": translate("MapPage", "片区"),
        "community": translate("MapPage", "社区"),
        "basic": translate("MapPage", "基础网格"),
        "special": translate("MapPage", "专属网格"),
        "box": translate("MapPage", "框选"),
        "boxHint": translate("MapPage", "拖出方框选择案件（Shift+拖动）"),
        "cases": translate("MapPage", "在办案件"),
        "units": translate("MapPage", "单位"),
        "heat": translate("MapPage", "热力"),
        "base": translate("MapPage", "底图"),
        "baseOffline": translate("MapPage", "离线底图"),
        "baseNone": translate("MapPage", "不用底图"),
        "layersTitle": translate("MapPage", "图层"),
        "zoomIn": translate("MapPage", "放大"),
        "zoomOut": translate("MapPage", "缩小"),
        "open": translate("MapPage", "在办"),
        "overdue": translate("MapPage", "超期"),
        "worker": translate("MapPage", "网格员"),
        "noOpen": translate("MapPage", "无在办案件"),
        "cluster": translate("MapPage", "{n} 件案件"),
        "oneCase": translate("MapPage", "1 件案件，点击查看"),
        "schematicShort": translate("MapPage", "示意"),
        "schematic": translate("MapPage", "示意边界，非正式界线"),
        "preview": translate("MapPage", "预览：{n} 处，尚未导入"),
        "pick": translate("MapPage", "点击地图定位，Esc 取消"),
        "unit_stationed_a": translate("MapPage", "驻"),
        "unit_stationed_b": translate("MapPage", "驻"),
        "unit_department": translate("MapPage", "县"),
        "unit_office": translate("MapPage", "办"),
        "unit_community_org": translate("MapPage", "社"),
        "unit_grid_worker": translate("MapPage", "员"),
        "out": translate("MapPage", "出动"),
        "on_duty": translate("MapPage", "在岗"),
        "inactive": translate("MapPage", "停用"),
    }
