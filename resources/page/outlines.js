/* The grids' boundaries: one Leaflet layer a tier, coloured by open cases, and the grid under a point.
   Nothing here hears the mouse; GridMap asks `at()`. */
"use strict";

const TIERS = ["zone", "community", "basic"];
const SMALLEST_GRID = 42; // pixels: below this median width a tier is too fine to read

/* 0 · 1–2 · 3–5 · 6–9 · 10+ */
function figureClass(open) {
  return open <= 0 ? 0 : open < 3 ? 1 : open < 6 ? 2 : open < 10 ? 3 : 4;
}

class Outlines {
  constructor(map, tokens) {
    this.map = map;
    this.tokens = tokens;
    this.features = { township: [], zone: [], community: [], basic: [] };
    this.byCode = new Map();
    this.figures = new Map();
    this.layers = {};
    this.shown = null;
    this.selected = null;
    this.opacity = 1;
    map.createPane("grids").style.zIndex = 300;
    this.renderer = L.canvas({ padding: 0.1, pane: "grids" });
  }

  /* Takes a GeoJSON FeatureCollection; what stood before is forgotten, the selection stays when its grid does. */
  load(collection) {
    const shown = this.shown;
    this._clear();
    for (const raw of collection.features ?? []) {
      const tier = raw.properties?.tier === "special" ? "basic" : raw.properties?.tier;
      if (!(tier in this.features) || !/Polygon$/.test(raw.geometry?.type ?? "")) continue;
      const feature = { ...raw.properties, tier, geometry: raw.geometry, bbox: bboxOf(raw.geometry), shade: 0, path: null };
      this.features[tier].push(feature);
      this.byCode.set(feature.code, feature);
    }
    this.widths = Object.fromEntries(TIERS.map((tier) => [tier, medianWidth(this.features[tier])]));
    this.schematic = [...this.byCode.values()].some((feature) => feature.schematic);
    this._paintClasses();
    if (shown) this.show(shown);
    this.select(this.selected);
  }

  counts() {
    return Object.fromEntries(TIERS.map((tier) => [tier, this.features[tier].length]));
  }

  bounds() {
    const boxes = [...this.byCode.values()].map((feature) => feature.bbox);
    return boxes.length ? L.latLngBounds(boxes.flatMap(([w, s, e, n]) => [[s, w], [n, e]])) : null;
  }

  /* The finest tier that can be read at this zoom. */
  tierFor(zoom) {
    const scale = (256 * 2 ** zoom) / 360;
    const present = TIERS.filter((tier) => this.features[tier].length);
    return present.findLast((tier) => this.widths[tier] * scale >= SMALLEST_GRID) ?? present[0] ?? "zone";
  }

  /* Draw this tier, and the lines of those above it over it. */
  show(tier) {
    if (this.shown !== tier) {
      if (this.shown) this._remove(this.shown);
      this.shown = tier;
      this._group(tier, (feature) => this._fill(feature)).addTo(this.map);
    }
    this._lines();
  }

  setOpacity(opacity) {
    if (opacity === this.opacity) return;
    this.opacity = opacity;
    this.restyle();
  }

  restyle() {
    for (const feature of this.byCode.values()) feature.path?.setStyle(this._fill(feature));
    this._lines();
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
    this.selected = code && this.byCode.has(code) ? code : code || null;
    this.outline?.remove();
    this.outline = null;
    const feature = this.byCode.get(code);
    if (!feature) return;
    const accent = this.tokens.get("accent");
    this.outline = this._path(feature, { color: accent, weight: 3, fillColor: accent, fillOpacity: 0.18 }).addTo(this.map);
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
    feature.middle ??= centroid(feature.geometry);
    return feature.middle;
  }

  _clear() {
    for (const tier of Object.keys(this.layers)) this._remove(tier);
    this.layers = {};
    this.outline?.remove();
    this.lines?.remove();
    this.lines = this.outline = this.shown = null;
    for (const list of Object.values(this.features)) list.length = 0;
    this.byCode.clear();
  }

  _remove(tier) {
    this.layers[tier]?.remove();
  }

  _group(tier, style) {
    this.layers[tier] ??= L.layerGroup();
    if (!this.layers[tier].getLayers().length) {
      for (const feature of this.features[tier]) {
        feature.path = this._path(feature, style(feature));
        this.layers[tier].addLayer(feature.path);
      }
    } else {
      for (const feature of this.features[tier]) Object.assign(feature.path.options, style(feature));
    }
    return this.layers[tier];
  }

  _path(feature, style) {
    const options = { renderer: this.renderer, interactive: false, smoothFactor: 0.6, lineJoin: "round", ...style };
    return L.polygon(latLngs(feature.geometry), options);
  }

  _fill(feature) {
    return {
      color: this.tokens.get("grid-line"), weight: 0.6,
      fillColor: this.tokens.get(`class-${feature.shade}`), fillOpacity: this.opacity,
    };
  }

  _lines() {
    this.lines?.remove();
    this.lines = L.layerGroup();
    const colour = this.tokens.get("zone-line");
    const weights = this.shown === "zone" ? { zone: 1, township: 1.8 } : { zone: 1.6, township: 2.2 };
    if (this.shown === "basic") this._addLines("community", { color: colour, weight: 0.9, opacity: 0.6 });
    for (const tier of ["zone", "township"]) this._addLines(tier, { color: colour, weight: weights[tier] });
    this.lines.addTo(this.map);
    this.outline?.bringToFront();
  }

  _addLines(tier, style) {
    for (const feature of this.features[tier]) this.lines.addLayer(this._path(feature, { ...style, fill: false }));
  }

  _paintClasses() {
    for (const [code, feature] of this.byCode) {
      const shade = figureClass(this.figuresOf(code)[0]);
      if (shade === feature.shade) continue;
      feature.shade = shade;
      feature.path?.setStyle({ fillColor: this.tokens.get(`class-${shade}`) });
    }
  }
}

/* -- geometry, in degrees ------------------------------------------------------------------------------------ */

function polygonsOf(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

function latLngs(geometry) {
  return polygonsOf(geometry).map((rings) => rings.map((ring) => ring.map(([lon, lat]) => [lat, lon])));
}

function bboxOf(geometry) {
  const box = [180, 90, -180, -90];
  for (const rings of polygonsOf(geometry)) {
    for (const [lon, lat] of rings[0]) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

function medianWidth(features) {
  const widths = features.map(({ bbox }) => bbox[2] - bbox[0]).sort((a, b) => a - b);
  return widths.length ? widths[widths.length >> 1] : 0;
}

function contains({ bbox, geometry }, lon, lat) {
  if (lon < bbox[0] || lon > bbox[2] || lat < bbox[1] || lat > bbox[3]) return false;
  return polygonsOf(geometry).some((rings) => inRing(rings[0], lon, lat) && !rings.slice(1).some((hole) => inRing(hole, lon, lat)));
}

function inRing(ring, lon, lat) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i];
    const [x2, y2] = ring[j];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function ringArea(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return sum / 2;
}

function centroid(geometry) {
  const rings = polygonsOf(geometry).map((polygon) => polygon[0]);
  const ring = rings.reduce((best, next) => (Math.abs(ringArea(next)) > Math.abs(ringArea(best)) ? next : best));
  const [x0, y0] = ring[0];
  let x = 0, y = 0, area = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay, bx, by] = [ring[j][0] - x0, ring[j][1] - y0, ring[i][0] - x0, ring[i][1] - y0];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area ? L.latLng(y0 + y / (3 * area), x0 + x / (3 * area)) : L.latLng(y0, x0);
}
