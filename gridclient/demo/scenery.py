"""Invented places of the demo: the roads, estates and shops of a basic grid, and how people name a spot there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from gridclient.demo.places import SEEDS
from gridclient.demo.shapes import DemoGrid
from gridclient.domain.frozen import frozen

COASTAL_TOWNSHIPS: Final = frozenset({"371002002", "371002003", "371002011", "371002100", "371002102"})
_URBAN: Final = frozenset({"小区", "街面", "商铺", "工地", "校园", "市场", "公园"})
_BUSINESSES: Final[Mapping[str, str]] = {
    "店铺": "shops", "餐饮店": "eateries", "娱乐场所": "venues", "服务店": "services", "超市": "supermarkets",
}  # fmt: skip
_RURAL: Final = frozenset({"村庄", "河道", "工地"})


@frozen
class Phrases:
    """The words of ``scenery.json``."""

    lists: Mapping[str, tuple[str, ...]]
    clocks: Mapping[str, tuple[str, ...]]
    openings: Mapping[str, tuple[str, ...]]

    def one(self, name: str, random: Random) -> str:
        """A random entry of a list."""
        return random.choice(self.lists[name])


@frozen
class Spot:
    """A place as people name it, its address, and the words that a text about it may need."""

    kind: str
    text: str
    address: str
    words: Mapping[str, str]


@frozen
class Scene:
    """The places of a basic grid; the same grid always has the same ones."""

    grid: DemoGrid
    township: str
    community: str
    roads: tuple[str, str]
    estates: tuple[str, str]

    @property
    def is_village(self) -> bool:
        return self.community.endswith("村")

    @property
    def stem(self) -> str:
        """The community's name without 社区 or 村."""
        return self.community.removesuffix("社区").removesuffix("村")

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of places that can be found here."""
        kinds = set(_RURAL if self.is_village else _URBAN)
        if not self.is_village and self.grid.code.endswith("1"):
            kinds.add("河道")
        if self.grid.code[:9] in COASTAL_TOWNSHIPS and not self.is_village:
            kinds.add("海边")
        return frozenset(kinds)


def read_phrases() -> Phrases:
    """All words for places and texts."""
    raw: dict[str, Any] = json.loads((SEEDS / "scenery.json").read_text(encoding="utf-8"))
    return Phrases(
        lists={name: tuple(value) for name, value in raw.items() if isinstance(value, list)},
        clocks={name: tuple(value) for name, value in raw["clocks"].items()},
        openings={name: tuple(value) for name, value in raw["openings"].items()},
    )


def scenes(grids: Sequence[DemoGrid], phrases: Phrases) -> tuple[Scene, ...]:
    """The scene of every basic grid, in the order of the grids."""
    names = {grid.code: grid.name for grid in grids}
    return tuple(
        _scene(grid, names[grid.code[:9]], names[grid.parent], phrases) for grid in grids if grid.tier == "basic"
    )


def spot(scene: Scene, kind: str, phrases: Phrases, random: Random) -> Spot:
    """A spot of ``kind`` (小区, 街面, 村庄 …) in the scene."""
    text = _SPOTS[kind](scene, phrases, random)
    address = text if text.startswith(scene.township) else f"{scene.township}{text}"
    words = {
        "地点": text,
        "小区": scene.community if scene.is_village else random.choice(scene.estates),
        "路名": text if scene.is_village else _road_of(text, scene),
        **{word: phrases.one(name, random) for word, name in _BUSINESSES.items()},
    }
    if kind == "小区":
        words["小区"] = next(estate for estate in scene.estates if text.startswith(estate))
    return Spot(kind, text, address, words)


def _scene(grid: DemoGrid, township: str, community: str, phrases: Phrases) -> Scene:
    of_community = Random(grid.parent)
    roads = of_community.sample(phrases.lists["roads"], 4)
    estates = of_community.sample(phrases.lists["estate_heads"], 12)
    tails = phrases.lists["estate_tails"]
    turn = int(grid.code[-3:])
    pair = [_estate_name(estates[(2 * turn + n) % 12], tails[(turn + n) % len(tails)]) for n in (0, 1)]
    return Scene(grid, township, community, (roads[turn % 4], roads[(turn + 1) % 4]), (pair[0], pair[1]))


def _road_of(text: str, scene: Scene) -> str:
    return next((road for road in scene.roads if text.startswith(road)), scene.roads[0])


def _estate_name(head: str, tail: str) -> str:
    return f"{head}花园" if head.endswith(tail) else f"{head}{tail}"


def _estate(scene: Scene, _phrases: Phrases, random: Random) -> str:
    building = f"{random.choice(scene.estates)}{random.randrange(1, 28)}号楼"
    return building if random.random() < 0.4 else f"{building}{random.randrange(1, 5)}单元"


def _street(scene: Scene, phrases: Phrases, random: Random) -> str:
    first, second = scene.roads
    if random.random() < 0.5:
        return f"{first}与{second}路口{phrases.one('street_sides', random)}"
    return f"{random.choice(scene.roads)}{random.randrange(1, 320)}号门前"


def _building_site(scene: Scene, _phrases: Phrases, random: Random) -> str:
    if scene.is_village:
        return f"{scene.community}附近在建工地"
    return random.choice((f"{scene.roads[0]}某在建工地", f"{scene.estates[0]}二期工地"))


def _village(scene: Scene, phrases: Phrases, random: Random) -> str:
    return f"{scene.community}{phrases.one('village_spots', random)}".replace("村村", "村")


_SPOTS: Final[Mapping[str, Callable[[Scene, Phrases, Random], str]]] = {
    "小区": _estate,
    "街面": _street,
    "商铺": lambda scene, _, random: f"{random.choice(scene.roads)}{random.randrange(1, 320)}号",
    "工地": _building_site,
    "校园": lambda scene, _, random: f"{scene.stem}{random.choice(('小学', '实验小学', '中学', '幼儿园'))}",
    "市场": lambda scene, _, random: f"{scene.stem}{random.choice(('农贸市场', '便民市场'))}",
    "公园": lambda scene, _, random: f"{scene.stem}{random.choice(('口袋公园', '文化广场', '健身广场'))}",
    "村庄": _village,
    "河道": lambda scene, phrases, random: f"{scene.community}{phrases.one('river_spots', random)}",
    "海边": lambda scene, phrases, random: f"{scene.stem}{phrases.one('shore_spots', random)}",
}
