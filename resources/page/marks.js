/* What lies on the grids: cases gathered in bubbles, units, heat, the chosen case, badges of overdue grids.
   All are drawn on canvas; GridMap asks `at()` what is under the mouse. */
"use strict";

/* A circle with a number in it, a small triangle beside it where something is overdue; one overdue case is a triangle. */
const Bubble = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const { text, textColour, badge, lineColour } = this.options;
    const { _ctx: ctx } = renderer;
    const { x, y } = this._point;
    if (badge && !text) return triangle(ctx, x, y, 7, badge, lineColour);
    renderer._updateCircle(this);
    if (text) {
      ctx.font = `600 10.5px ${FONT}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "alphabetic";
      ctx.fillStyle = textColour;
      ctx.fillText(text, x, y + 3.8);
    }
    if (badge) triangle(ctx, x + this._radius * 0.8, y - this._radius * 0.8, 5, badge, lineColour);
  },
});

/* A square with one character: a unit. */
const UnitMark = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const { _ctx: ctx } = renderer;
    const { color, panel, text } = this.options;
    const { x, y } = this._point;
    ctx.beginPath();
    ctx.roundRect(x - 9, y - 9, 18, 18, 4);
    ctx.fillStyle = panel;
    ctx.fill();
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = color;
    ctx.stroke();
    ctx.font = `600 11px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = color;
    ctx.fillText(text, x, y + 4);
  },
});

const HeatSpot = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const { _ctx: ctx } = renderer;
    const { x, y } = this._point;
    const glow = ctx.createRadialGradient(x, y, 0, x, y, this._radius);
    glow.addColorStop(0, this.options.inner);
    glow.addColorStop(1, this.options.outer);
    ctx.fillStyle = glow;
    ctx.fillRect(x - this._radius, y - this._radius, 2 * this._radius, 2 * this._radius);
  },
});

const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif';

/* A grid's name, in the middle of it. */
const NameMark = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const { _ctx: ctx } = renderer;
    const { text, textColour, halo, offset } = this.options;
    const { x, y } = this._point;
    ctx.font = `11px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    ctx.lineWidth = 3;
    ctx.lineJoin = "round";
    ctx.strokeStyle = halo;
    ctx.strokeText(text, x, y + offset);
    ctx.fillStyle = textColour;
    ctx.fillText(text, x, y + offset);
  },
});

function triangle(ctx, x, y, size, fill, line) {
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y + 0.8 * size);
  ctx.lineTo(x - size, y + 0.8 * size);
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = 1.3;
  ctx.strokeStyle = line;
  ctx.stroke();
}

function radiusOf(cases) {
  return cases === 1 ? 6 : Math.min(18, 8 + Math.log2(cases) * 1.6);
}

/* Bubbles that would lie upon one another become one; close up every case keeps its own place. */
function apart(map, rows, radius = radiusOf) {
  if (map.getZoom() >= 17) return rows;
  const kept = [];
  for (const [cases, lon, lat, overdue, id] of [...rows].sort((a, b) => b[0] - a[0])) {
    const point = map.latLngToLayerPoint([lat, lon]);
    const near = kept.find((other) => other.point.distanceTo(point) < 0.8 * (radius(other.row[0]) + radius(cases)));
    if (!near) {
      kept.push({ point, row: [cases, lon, lat, overdue, id] });
      continue;
    }
    const [count, x, y, late] = near.row;
    const sum = count + cases;
    near.row = [sum, (x * count + lon * cases) / sum, (y * count + lat * cases) / sum, late + overdue, null];
    near.point = map.latLngToLayerPoint([near.row[2], near.row[1]]);
  }
  return kept.map(({ row }) => row);
}

function shortCount(cases) {
  return cases < 1000 ? String(cases) : cases < 10000 ? `${(cases / 1000).toFixed(1)}k` : `${Math.round(cases / 1000)}k`;
}

/* Two boxes, of half a width and half a height about their middle, with a little room between them. */
function aside(one, other) {
  return Math.abs(one.x - other.x) > one.half + other.half + 3 || Math.abs(one.y - other.y) > one.high + other.high + 2;
}

const MOST_NAMES = 200;

/* Of a badge, by the digits in it. */
function badgeRadius(overdue) {
  return Math.max(8, 4 + 3.2 * shortCount(overdue).length);
}

class Marks {
  constructor(map, tokens, words) {
    this.map = map;
    this.tokens = tokens;
    this.words = words;
    this.cells = [];
    this.units = [];
    this.badges = () => [];
    this.covered = () => []; // the boxes that something lies over
    this.names = [];
    this.visible = { cases: true, units: false, heat: false };
    this.chosen = null;
    this.renderers = {};
    this.groups = {};
    for (const [name, level] of [["heat", 410], ["marks", 420]]) {
      map.createPane(name).style.zIndex = level;
      this.groups[name] = L.layerGroup().addTo(map);
    }
  }

  setCells(rows) {
    this.cells = apart(this.map, rows);
    this.draw();
  }

  setUnits(rows) {
    this.units = rows;
    this.draw();
  }

  /* Gives [[latlng, overdue], …]: grids with overdue cases, asked when the bubbles are off. Those that would lie upon one
     another become one. */
  setBadges(told) {
    this.badges = told;
    this.draw();
  }

  /* [[latlng, name, width in pixels], …] of the grids shown; a name is drawn where it fits into its grid. */
  setNames(rows) {
    this.names = rows;
    this.draw();
  }

  /* {id, lat, lon} or null */
  choose(place) {
    this.chosen = place;
    this.draw();
  }

  show(layers) {
    Object.assign(this.visible, layers);
    this.draw();
  }

  /* Step back while an import is looked at. */
  mute(on) {
    this.muted = on;
    this.draw();
  }

  caseCount() {
    return this.cells.reduce((sum, [cases]) => sum + cases, 0);
  }

  /* {kind: "case"|"cluster"|"unit", …} under a point of the container, the uppermost first. */
  at(containerPoint) {
    const point = this.map.containerPointToLayerPoint(containerPoint);
    let best = null;
    let nearest = Infinity;
    for (const mark of this.hits ?? []) {
      const distance = mark.layer._point ? point.distanceTo(mark.layer._point) : Infinity;
      if (distance <= mark.layer._radius + 3 && distance < nearest) {
        best = mark;
        nearest = distance;
      }
    }
    return best;
  }

  /* Draw again, once for all that changes now. */
  draw() {
    if (this.due) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      this._draw();
    });
  }

  _draw() {
    this.hits = [];
    for (const group of Object.values(this.groups)) group.clearLayers();
    if (this.muted) return;
    if (this.visible.heat) this._drawHeat();
    this._drawNames();
    if (this.visible.cases) this._drawCells();
    else this._drawBadges();
    if (this.visible.units) this._drawUnits();
    if (this.chosen) this._drawChosen();
  }

  _renderer(pane) {
    this.renderers[pane] ??= L.canvas({ padding: 0.1, pane });
    return this.renderers[pane];
  }

  _add(pane, Kind, lat, lon, options) {
    const layer = new Kind([lat, lon], { renderer: this._renderer(pane), interactive: false, ...options });
    this.groups[pane].addLayer(layer);
    return layer;
  }

  _drawCells() {
    const line = this.tokens.get("mark-line");
    for (const [cases, lon, lat, overdue, id] of this.cells) {
      const layer = this._add("marks", Bubble, lat, lon, {
        radius: radiusOf(cases), weight: 1.4, color: line, fillOpacity: 0.92,
        fillColor: this.tokens.get(2 * overdue > cases ? "bad" : "accent"), badge: overdue ? this.tokens.get("bad") : null,
        text: cases > 1 ? shortCount(cases) : "", textColour: this.tokens.get("on-accent"), lineColour: line,
      });
      this.hits.push({ kind: id ? "case" : "cluster", layer, id, cases, overdue, latlng: L.latLng(lat, lon) });
    }
  }

  /* A name stands in the middle of its grid, or a little beside where a number, a bar, another name or the map's edge lies,
     or nowhere. */
  _drawNames() {
    const common = { radius: 40, textColour: this.tokens.get("name"), halo: this.tokens.get("name-halo") };
    const at = (lat, lon) => this.map.latLngToContainerPoint([lat, lon]);
    const boxOf = (lat, lon, half, high, down = 0) => ({ ...at(lat, lon).add([0, down]), half, high });
    const { x: east, y: south } = this.map.getSize();
    const whole = ({ x, y, half, high }) => x >= half && x + half <= east && y >= high && y + high <= south;
    const taken = this.covered();
    const [numbers, radius] = this.visible.cases ? [this.cells, radiusOf] : [this._badgesApart(), badgeRadius];
    taken.push(...numbers.map(([number, lon, lat]) => boxOf(lat, lon, radius(number), radius(number))));
    const seen = this.map.getBounds();
    let drawn = 0;
    for (const [{ lat, lng }, text, width] of this.names) {
      const half = text.length * 5.5;
      if (2 * half > width * 0.85 || drawn >= MOST_NAMES || !seen.contains([lat, lng])) continue;
      const boxes = [0, 20, -20].map((down) => ({ ...boxOf(lat, lng, half, 6, down), down }));
      const free = boxes.find((box) => whole(box) && taken.every((other) => aside(box, other)));
      if (!free) continue;
      taken.push(free);
      this._add("marks", NameMark, lat, lng, { ...common, text, offset: 4 + free.down });
      drawn += 1;
    }
  }

  /* As the cells are: [number, lon, lat, …]. Of those that are not seen nothing is drawn. */
  _badgesApart() {
    const seen = this.map.getBounds().pad(0.1);
    const rows = this.badges().filter(([latlng]) => seen.contains(latlng)).map(([{ lat, lng }, overdue]) => [overdue, lng, lat, overdue, null]);
    return apart(this.map, rows, (overdue) => badgeRadius(overdue) + 4); // and its triangle
  }

  _drawBadges() {
    const bad = this.tokens.get("bad");
    for (const [overdue, lon, lat] of this._badgesApart()) {
      this._add("marks", Bubble, lat, lon, {
        radius: badgeRadius(overdue), weight: 1.4, color: bad, fillColor: this.tokens.get("panel"), fillOpacity: 0.95,
        badge: bad, lineColour: this.tokens.get("panel"), text: shortCount(overdue), textColour: bad,
      });
    }
  }

  _drawUnits() {
    const colours = { on_duty: "good", out: "warn-text" };
    for (const [code, lon, lat, name, kind, status] of this._unitsApart()) {
      const layer = this._add("marks", UnitMark, lat, lon, {
        radius: 9, panel: this.tokens.get("panel"), color: this.tokens.get(colours[status] ?? "muted"),
        text: this.words[`unit_${kind}`] ?? "·",
      });
      this.hits.push({ kind: "unit", layer, code, name, status });
    }
  }

  /* Far out most units would lie upon one another and upon the cases: those are shown when one comes closer. */
  _unitsApart() {
    if (this.map.getZoom() >= 17) return this.units;
    const at = (lat, lon) => this.map.latLngToContainerPoint([lat, lon]);
    const taken = this.visible.cases ? this.cells.map(([cases, lon, lat]) => [at(lat, lon), radiusOf(cases) + 8]) : [];
    return this.units.filter(([, lon, lat]) => {
      const point = at(lat, lon);
      if (taken.some(([other, room]) => other.distanceTo(point) < room)) return false;
      taken.push([point, 20]);
      return true;
    });
  }

  _drawHeat() {
    const most = Math.max(1, ...this.cells.map(([cases]) => cases));
    const colour = this.tokens.rgb("class-4");
    for (const [cases, lon, lat] of this.cells) {
      const strength = 0.25 + 0.5 * Math.sqrt(cases / most);
      this._add("heat", HeatSpot, lat, lon, { radius: 46, inner: `rgba(${colour},${strength})`, outer: `rgba(${colour},0)` });
    }
  }

  /* Around the bubble that the case lies in, whose number it would cover; elsewhere around its place. It lies under all
     bubbles: over them it would cover numbers and triangles of those beside it. */
  _drawChosen() {
    const here = this.map.latLngToLayerPoint([this.chosen.lat, this.chosen.lon]);
    const edge = ({ layer }) => here.distanceTo(this.map.latLngToLayerPoint(layer.getLatLng())) - layer.options.radius;
    const bubbles = this.hits.filter(({ kind }) => kind !== "unit").sort((a, b) => edge(a) - edge(b));
    const around = bubbles.find((bubble) => edge(bubble) < 8)?.layer;
    const { lat, lng } = around?.getLatLng() ?? { lat: this.chosen.lat, lng: this.chosen.lon };
    const ring = { radius: Math.max(12, (around?.options.radius ?? 0) + 2), fill: false };
    for (const [weight, name] of [[3, "accent"], [6, "mark-line"]]) {
      this._add("marks", L.CircleMarker, lat, lng, { ...ring, weight, color: this.tokens.get(name) }).bringToBack();
    }
  }
}
