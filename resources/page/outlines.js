/* The grids' boundaries: those of one tier, coloured by open cases, the lines of those above it, and the grid under a point.
   Nothing here hears the mouse; GridMap asks `at()`. */
"use strict";

const TIERS = ["zone", "community", "basic"];
const SMALLEST_GRID = 42; // pixels: below this median width a tier is too fine to read

/* 0 · 1–2 · 3–5 · 6–9 · 10+ */
function figureClass(open) {
  return open <= 0 ? 0 : open < 3 ? 1 : open < 6 ? 2 : open < 10 ? 3 : 4;
}

const LEAST_STEP = 0.6; // pixels: a corner nearer than this to the one before is not drawn

/* Many areas as one layer: one for each takes several times as long to make, to move and to draw.
   `ground(feature)` gives a colour to those that have a ground. */
const Areas = L.Path.extend({
  initialize(features, options) {
    this.features = features;
    L.setOptions(this, { interactive: false, ...options });
  },

  _project() {
    this._update();
  },

  _update() {
    this._pxBounds = this._renderer._bounds; // something of it may be anywhere
  },

  _updatePath() {
    const { _ctx: ctx, _bounds: seen, _drawing: drawing, scale, origin } = this._renderer;
    if (!drawing) return;
    const { color, fillOpacity, ground, opacity, weight } = this.options;
    const near = this.features.filter((feature) => meets(feature, seen, scale, origin));
    ctx.save();
    Object.assign(ctx, { globalAlpha: opacity, lineWidth: weight, lineJoin: "round", strokeStyle: color });
    for (const feature of near) {
      const [x, y] = feature.corner;
      const path = pathOf(feature, scale);
      const across = x * scale - origin.x;
      const down = y * scale - origin.y;
      ctx.translate(across, down);
      if (ground) {
        ctx.globalAlpha = fillOpacity;
        ctx.fillStyle = ground(feature);
        ctx.fill(path, "evenodd");
        ctx.globalAlpha = opacity;
      }
      if (weight) ctx.stroke(path);
      ctx.translate(-across, -down);
    }
    ctx.restore();
  },
});

/* What they are drawn on. Its scale and origin are the canvas's: while a zoom is under way the map's own run ahead of it. */
function canvasOf(map, pane) {
  const renderer = L.canvas({ padding: 0.1, pane });
  return renderer.on("update", ({ target }) => Object.assign(target, { scale: 256 * 2 ** map.getZoom(), origin: map.getPixelOrigin() }));
}

/* What is drawn of rings, or of lines if it is `open`. They may be texts: most areas are never drawn. */
function shapeOf(rings, bbox, open = false) {
  return { rings, open, bbox, corner: placeOf(bbox[0], bbox[3]), end: placeOf(bbox[2], bbox[1]) };
}

/* Its rings, each lon, lat, lon, lat, … */
function ringsOf(feature) {
  if (typeof feature.rings[0] === "string") feature.rings = feature.rings.map(cornersOf);
  return feature.rings;
}

/* The area's path in pixels from its corner, made once a zoom. */
function pathOf(feature, scale) {
  if (feature.scale === scale) return feature.path;
  const path = new Path2D();
  feature.placed ??= ringsOf(feature).map((ring) => placed(ring, feature.corner));
  for (const ring of feature.placed) {
    let [x, y] = [ring[0] * scale, ring[1] * scale];
    path.moveTo(x, y);
    for (let i = 2; i < ring.length; i += 2) {
      const [nextX, nextY] = [ring[i] * scale, ring[i + 1] * scale];
      if (Math.abs(nextX - x) + Math.abs(nextY - y) < LEAST_STEP) continue;
      path.lineTo(nextX, nextY);
      x = nextX;
      y = nextY;
    }
    if (!feature.open) path.closePath();
  }
  Object.assign(feature, { scale, path });
  return path;
}

function meets({ corner: [west, north], end: [east, south] }, { min, max }, scale, origin) {
  return east * scale >= min.x + origin.x && west * scale <= max.x + origin.x && south * scale >= min.y + origin.y && north * scale <= max.y + origin.y;
}

class Outlines {
  constructor(map, tokens) {
    this.map = map;
    this.tokens = tokens;
    this.features = { township: [], zone: [], community: [], basic: [] };
    this.byCode = new Map();
    this.figures = new Map();
    this.shown = null;
    this.selected = null;
    this.opacity = 1;
    map.createPane("grids").style.zIndex = 300;
    this.renderer = canvasOf(map, "grids");
  }

  /* Takes what /data/outlines answers; what stood before is forgotten, the selection stays when its grid does. */
  load({ areas }) {
    const shown = this.shown;
    this._clear();
    for (const { rings, box, ...about } of areas) {
      const tier = about.tier === "special" ? "basic" : about.tier;
      const feature = { ...about, tier, ...shapeOf(rings, box), shade: 0 };
      this.features[tier].push(feature);
      this.byCode.set(feature.code, feature);
    }
    this.widths = Object.fromEntries(TIERS.map((tier) => [tier, medianWidth(this.features[tier])]));
    const all = [...this.byCode.values()];
    this.schematic = all.some((feature) => feature.schematic);
    const [west, south, east, north] = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...all.map(({ bbox }) => bbox[side])));
    this.whole = all.length ? L.latLngBounds([south, west], [north, east]) : null;
    this._paintClasses();
    if (shown) this.show(shown);
    else this.select(this.selected);
  }

  counts() {
    return Object.fromEntries(TIERS.map((tier) => [tier, this.features[tier].length]));
  }

  bounds() {
    return this.whole;
  }

  /* The finest tier that can be read at this zoom. */
  tierFor(zoom) {
    const scale = (256 * 2 ** zoom) / 360;
    const present = TIERS.filter((tier) => this.features[tier].length);
    return present.findLast((tier) => this.widths[tier] * scale >= SMALLEST_GRID) ?? present[0] ?? "zone";
  }

  /* Draw this tier, and the lines of those above it over it. */
  show(tier) {
    this.shown = tier;
    this.restyle();
  }

  setOpacity(opacity) {
    if (opacity === this.opacity) return;
    this.opacity = opacity;
    this.restyle();
  }

  restyle() {
    if (!this.shown) return;
    const get = (name) => this.tokens.get(name);
    const colours = [0, 1, 2, 3, 4].map((shade) => get(`class-${shade}`));
    const weights = this.shown === "zone" ? { zone: 1, township: 1.8 } : { zone: 1.6, township: 2.2 };
    const lines = { color: get("zone-line") };
    this._forget();
    this.areas = this._drawn(this.features[this.shown], {
      color: get("grid-line"), weight: 0.6, ground: ({ shade }) => colours[shade], fillOpacity: this.opacity,
    });
    this.lines = ["zone", "township"].map((tier) => this._drawn(this.features[tier], { ...lines, weight: weights[tier] }));
    if (this.shown === "basic") this.lines.unshift(this._drawn(this.features.community, { ...lines, weight: 0.9, opacity: 0.6 }));
    this.select(this.selected);
  }

  recolour(figures) {
    this.figures = new Map(Object.entries(figures));
    this._paintClasses();
  }

  figuresOf(code) {
    return this.figures.get(code) ?? [0, 0];
  }

  select(code) {
    this.selected = code || null;
    this.outline?.remove();
    this.outline = null;
    const feature = this.byCode.get(code);
    if (!feature) return;
    const accent = this.tokens.get("accent");
    this.outline = this._drawn([feature], { color: accent, weight: 3, ground: () => accent, fillOpacity: 0.18 });
  }

  /* The feature of the tier shown at a place, or of the nearest tier above that has one there. */
  at(latlng) {
    const from = TIERS.indexOf(this.shown);
    for (let i = from; i >= 0; i--) {
      const found = this.features[TIERS[i]].find((feature) => contains(feature, latlng.lng, latlng.lat));
      if (found) return found;
    }
    return null;
  }

  boundsOf(code) {
    const feature = this.byCode.get(code);
    if (!feature) return null;
    const [w, s, e, n] = feature.bbox;
    return L.latLngBounds([s, w], [n, e]);
  }

  /* Where a badge of this grid stands: the middle of its largest ring. */
  middleOf(feature) {
    feature.middle ??= centroid(ringsOf(feature));
    return feature.middle;
  }

  _clear() {
    this._forget();
    this.outline?.remove();
    this.outline = this.shown = null;
    for (const list of Object.values(this.features)) list.length = 0;
    this.byCode.clear();
  }

  _forget() {
    for (const layer of [this.areas, ...(this.lines ?? [])]) layer?.remove();
    this.areas = this.lines = null;
  }

  _drawn(features, style) {
    return new Areas(features, { renderer: this.renderer, ...style }).addTo(this.map);
  }

  _paintClasses() {
    let differs = false;
    for (const [code, feature] of this.byCode) {
      const shade = figureClass(this.figuresOf(code)[0]);
      differs ||= shade !== feature.shade;
      feature.shade = shade;
    }
    if (differs) this.areas?.redraw();
  }
}

/* -- geometry, in degrees ------------------------------------------------------------------------------------ */

/* Corners as they are sent: in millionths, the first one's place and of each other its way from the one before. */
function cornersOf(text) {
  const steps = text.split(" ");
  const ring = new Float64Array(steps.length);
  let lon = 0, lat = 0;
  for (let i = 0; i < steps.length; i += 2) {
    ring[i] = (lon += +steps[i]) / 1e6;
    ring[i + 1] = (lat += +steps[i + 1]) / 1e6;
  }
  return ring;
}

/* A shape of GeoJSON, which may be lines, as these areas are drawn. */
function shapeOfJson({ type, coordinates }) {
  const lists = type === "LineString" ? [coordinates] : type === "MultiPolygon" ? coordinates.flat() : coordinates;
  const rings = lists.map((list) => Float64Array.from(list.flat()));
  return shapeOf(rings, bboxOf(rings), /Line/.test(type));
}

/* Where a place lies in the square of the whole map, of which a side is 1. */
function placeOf(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/* The ring as x, y, x, y, … in that square, from the area's corner. */
function placed(ring, [west, north]) {
  const found = new Float64Array(ring.length);
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = placeOf(ring[i], ring[i + 1]);
    found[i] = x - west;
    found[i + 1] = y - north;
  }
  return found;
}

function bboxOf(rings) {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      west = Math.min(west, ring[i]);
      south = Math.min(south, ring[i + 1]);
      east = Math.max(east, ring[i]);
      north = Math.max(north, ring[i + 1]);
    }
  }
  return [west, south, east, north];
}

function medianWidth(features) {
  const widths = features.map(({ bbox }) => bbox[2] - bbox[0]).sort((a, b) => a - b);
  return widths.length ? widths[widths.length >> 1] : 0;
}

/* Within an odd number of its rings: a hole is a ring within a ring. */
function contains(feature, lon, lat) {
  const [west, south, east, north] = feature.bbox;
  if (lon < west || lon > east || lat < south || lat > north) return false;
  return ringsOf(feature).filter((ring) => inRing(ring, lon, lat)).length % 2 === 1;
}

function inRing(ring, lon, lat) {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [x1, y1, x2, y2] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

/* The middle of the largest ring. */
function centroid(rings) {
  let most = 0, middle = L.latLng(rings[0][1], rings[0][0]);
  for (const ring of rings) {
    const [x0, y0] = ring;
    let x = 0, y = 0, area = 0;
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [ax, ay, bx, by] = [ring[j] - x0, ring[j + 1] - y0, ring[i] - x0, ring[i + 1] - y0];
      const cross = ax * by - bx * ay;
      area += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    }
    if (Math.abs(area) > most) {
      most = Math.abs(area);
      middle = L.latLng(y0 + y / (3 * area), x0 + x / (3 * area));
    }
  }
  return middle;
}
