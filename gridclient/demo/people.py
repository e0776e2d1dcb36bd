"""Invented people for the demo: names, and telephone numbers that belong to nobody."""

from __future__ import annotations

from random import Random
from typing import Final

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆汪范金石廖贾"
    "夏韦付方邹熊白孟秦邱侯江尹薛闫段雷龙陶毕丛鞠戚谷隋"
)
_FIRST: Final = "建国文明志海春秋晓丽雅玉金永庆洪振宝德成家立新光正兴亚淑秀桂红艳慧敏静思子浩宇佳欣梓俊凯博"
_SECOND: Final = "华军平峰强伟杰涛波斌刚勇超辉鹏林东民生才英芳兰梅霞燕玲娟萍云娜婷琳洁雪莹蕾航阳轩睿涵然"


def invented_name(random: Random) -> str:
    """A random Chinese name; one in six has two characters."""
    surname = random.choice(_SURNAMES)
    if random.random() < 1 / 6:
        return surname + random.choice(_SECOND)
    return surname + random.choice(_FIRST) + random.choice(_SECOND)


def invented_mobile(random: Random) -> str:
    """A mobile number of the invented range 138 0000 xxxx."""
    return f"1380000{random.randrange(10_000):04d}"


def invented_landline(random: Random) -> str:
    """A number of Weihai in the invented range 0631-500 xxxx."""
    return f"0631-500{random.randrange(10_000):04d}"
