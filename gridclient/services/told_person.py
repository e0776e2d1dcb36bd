"""The patterns of how a pasted text names people: their telephone and their name.

Something beside a name has to say that it is one: 高空抛物 begins like a name, too.
"""

from __future__ import annotations

from typing import Final

PHONE: Final = r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)"
_SURNAME: Final = (
    "(?:欧阳|司徒|上官|诸葛|尉迟|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴"
    "严莫孔常汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童毕单季裴霍涂苗谷"
    "曲盛翁冉骆辛靳柴蒙鲍喻祁滕屈牟艾尤穆卓吉芦褚娄窦戚岑景宫费卜冷卫柏瞿桂佟臧闵苟邬卞仇栾隋刁沙荣寇桑郎甄丛仲"
    "虞巩池苑迟鞠初慈])"
)
_GIVEN: Final = "(?:(?![多次日天月年时前后上下我们他她的了在是有不说称也已来到打反续委])[一-鿿])"
_STYLES: Final = "女士|先生|同志|老师|师傅|大姐|大哥|大叔|大爷|大妈|大娘|大嫂|大伯|阿姨|奶奶|爷爷|老人|小姐|某某|某"
STYLED: Final = rf"(?:老?{_SURNAME}{_GIVEN}{{0,2}}?(?:{_STYLES})|[老小]{_SURNAME})"
"""于先生, 老于"""
FULL: Final = rf"(?!于[昨今近本当每此]|.(?:书记|主任|经理|.?长|总)){_SURNAME}{_GIVEN}{{1,2}}"
"""于文波, and not 于今日 or 王书记"""
NAME: Final = rf"(?:{STYLED}|{FULL})"
