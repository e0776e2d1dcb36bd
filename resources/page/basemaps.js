/* What lies beneath the grids: the land that comes with the program, and one imported base map, raster or vector. */
"use strict";

class BaseMaps {
  constructor(map, tokens, words) {
    this.map = map;
    this.tokens = tokens;
    this.words = words;
    this.offline = null;
    this.parts = {};
    this.list = [];
    this.wanted = this.chosen = "offline"; // chosen: what of the list is drawn
    this.layer = null;
    this.bringing = null;
    this.onFailed = () => {};
    map.createPane("land").style.zIndex = 150;
    this.renderer = canvasOf(map, "land");
    this.land = L.layerGroup().addTo(map);
  }

  async load({ offline, layers }) {
    this.list = layers;
    if (JSON.stringify(offline) !== JSON.stringify(this.offline)) {
      this.offline = offline;
      const bodies = await Promise.all(Object.entries(offline.parts).map(async ([role, url]) => [role, await get(url).catch(() => null)]));
      const shapes = (body) => body.features.map(({ geometry }) => shapeOfJson(geometry));
      this.parts = Object.fromEntries(bodies.filter(([, body]) => body).map(([role, body]) => [role, shapes(body)]));
    }
    this.choose(this.wanted);
  }

  /* Whether the ground around these bounds is known to be sea where nothing is drawn; elsewhere it counts as land. */
  knowsSea(bounds) {
    const about = this._about();
    if (about) return about.kind === "raster" || hasLand(about) || this._covers(about.bounds);
    return this.chosen === "offline" && this._covers([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]);
  }

  choices() {
    return [["offline", this.words.baseOffline], ...this.list.map(({ id, title }) => [id, title]), ["none", this.words.baseNone]];
  }

  choose(id) {
    this.wanted = this.chosen = id;
    const about = this._about();
    if (!about && id !== "none") this.chosen = "offline";
    this.layer?.remove();
    this.layer = null;
    if (about?.kind === "vector" && !globalThis.protomapsL) this._bring();
    else if (about) this.layer = this._archive(about).addTo(this.map);
    this.map.options.zoomSnap = about?.kind === "raster" ? 1 : 0.5;
    this._drawLand(!about || (about.kind === "vector" && !hasLand(about)));
  }

  restyle() {
    this.choose(this.wanted);
  }

  attribution() {
    if (this.chosen === "offline") return this.offline?.attribution ?? "";
    return this._about()?.attribution ?? "";
  }

  /* The grids' fill lets a real base map through. */
  fillOpacity() {
    return this._about() ? 0.55 : 1;
  }

  /* Asks for the library once, however often the map is chosen meanwhile; another choice made meanwhile stands. */
  _bring() {
    const ifAwaited = (act) => () => this._about()?.kind === "vector" && act();
    this.bringing ??= brought()
      .then(ifAwaited(() => this.restyle()))
      .catch(ifAwaited(() => this.onFailed()))
      .finally(() => { this.bringing = null; });
  }

  _about() {
    return this.list.find((layer) => layer.id === this.chosen);
  }

  /* The middle of the land that comes with the program, far from where it is cut off. */
  around() {
    if (!this.offline?.bounds) return null;
    const [west, south, east, north] = this.offline.bounds;
    return L.latLngBounds([south, west], [north, east]).pad(-0.38);
  }

  _covers([west, south, east, north]) {
    const own = this.offline?.bounds;
    return Boolean(own) && own[0] <= west && own[1] <= south && own[2] >= east && own[3] >= north;
  }

  _drawLand(wanted) {
    this.land.clearLayers();
    if (!wanted || this.chosen === "none") return;
    const get = (name) => this.tokens.get(name);
    const styles = {
      land: { weight: 0, ground: () => get("land"), fillOpacity: 1 },
      lakes: { weight: 0, ground: () => get("ground"), fillOpacity: 1 },
      coast: { weight: 1, color: get("coast") },
    };
    for (const [role, style] of Object.entries(styles)) {
      if (this.parts[role]) this.land.addLayer(new Areas(this.parts[role], { renderer: this.renderer, ...style }));
    }
  }

  /* Pictures of which a whole view cannot be drawn, and none could before, have failed. */
  _watched(layer) {
    let drawn = false, refused = [];
    layer.on("tileload", () => { drawn = true; });
    layer.on("tileerror", ({ tile }) => { refused.push(tile.src); });
    layer.on("load", async () => {
      const asked = refused;
      refused = [];
      if (drawn || !(await Promise.all(asked.map(unreadable))).includes(true)) return;
      if (layer === this.layer && !drawn) this.onFailed();
    });
    return layer;
  }

  _archive(about) {
    const [west, south, east, north] = about.bounds;
    const bounds = L.latLngBounds([south, west], [north, east]);
    const url = `/tiles/${about.id}/{z}/{x}/{y}`;
    const common = { bounds, pane: "tilePane", noWrap: true, maxZoom: 19, keepBuffer: 1, updateWhenZooming: false };
    if (about.kind === "raster") {
      return this._watched(L.tileLayer(url, { ...common, minNativeZoom: about.minZoom, maxNativeZoom: about.maxZoom }));
    }
    return protomapsL.leafletLayer({
      ...common, url: `grid://app${url}`, maxDataZoom: about.maxZoom, attribution: "", lang: "zh",
      ...vectorRules(about.vectorLayers, this.tokens),
    });
  }
}

/* Whether a tile that was not drawn is there all the same: where an archive has none the answer is empty. */
async function unreadable(address) {
  const answer = await fetch(address).catch(() => null);
  return !answer?.ok || (await answer.blob()).size > 0;
}

/* The library that draws vector maps: few desks have one, and none needs it for its first paint. */
function brought() {
  const script = element("script", { src: "grid://app/page/vendor/protomaps-leaflet/protomaps-leaflet.js" });
  return new Promise((resolve, reject) => {
    Object.assign(script, { onload: () => (globalThis.protomapsL ? resolve() : reject()), onerror: reject });
    document.head.append(script);
  });
}

/* -- vector style: one calm set of rules for the usual schemas (Protomaps, OpenMapTiles, Shortbread) and for plain files -- */

/* What a layer of a vector archive is, told from its name. */
function roleOf(name) {
  const is = (words) => new RegExp(`(^|[_-])(${words})`, "i").test(name);
  if (is("place|poi|label|transportation_name|street_labels|water_name|name|mountain_peak|housenum|addresses|aerodrome_label")) return "label";
  if (is("earth|land$|land[_-]?poly|continent|coast[_-]?poly")) return "land";
  if (is("ocean|water|lake|river|sea")) return "water";
  if (is("coast")) return "coast";
  if (is("building")) return "building";
  if (is("bound|admin|province|county|district|city|township|village|border")) return "boundary";
  if (is("road|transport|street|highway|bridge|transit|rail|aeroway|ferr")) return "road";
  if (is("landuse|landcover|natural|park|green|sites|globallandcover")) return "green";
  return "other";
}

function hasLand({ vectorLayers }) {
  return vectorLayers.some((name) => roleOf(name) === "land");
}

const MAIN_ROADS = /motorway|trunk|primary|highway|major/;
const MIDDLE_ROADS = /secondary|tertiary|medium/;
const GREENS = /park|wood|forest|grass|garden|meadow|cemetery|scrub|nature|golf|farm|orchard|pitch|recreation/;

function kindOf(feature) {
  const { kind, class: kindClass, highway, subclass } = feature.props;
  return String(kind ?? kindClass ?? highway ?? subclass ?? "");
}

function vectorRules(names, tokens) {
  const get = (name) => tokens.get(name);
  const polygon = (fill, opacity = 1) => new protomapsL.PolygonSymbolizer({ fill: get(fill), opacity });
  const line = (color, width, more = {}) => new protomapsL.LineSymbolizer({ color: get(color), width, lineJoin: "round", lineCap: "round", ...more });
  const area = (_, feature) => feature.geomType === 3;
  const notPoint = (_, feature) => feature.geomType !== 1;
  const growing = (small, large) => protomapsL.exp(1.6, [[8, small], [18, large]]);
  const road = (pattern, colour, width) => (dataLayer) => ({
    dataLayer, symbolizer: line(colour, width), filter: (_, feature) => feature.geomType === 2 && pattern(kindOf(feature)),
  });
  const main = (kind) => MAIN_ROADS.test(kind);
  const middle = (kind) => MIDDLE_ROADS.test(kind);
  const minor = (kind) => !main(kind) && !middle(kind);
  const order = [
    ["land", (dataLayer) => ({ dataLayer, symbolizer: polygon("land"), filter: area })],
    ["green", (dataLayer) => ({ dataLayer, symbolizer: polygon("green"), filter: (_, f) => f.geomType === 3 && GREENS.test(kindOf(f)) })],
    ["other", (dataLayer) => ({ dataLayer, symbolizer: polygon("land", 0.5), filter: area })],
    ["water", (dataLayer) => ({ dataLayer, symbolizer: polygon("ground"), filter: area })],
    ["water", (dataLayer) => ({ dataLayer, symbolizer: line("ground", growing(0.6, 4)), filter: (_, f) => f.geomType === 2 })],
    ["building", (dataLayer) => ({ dataLayer, minzoom: 14, symbolizer: polygon("building"), filter: area })],
    ["road", road(minor, "road-edge", growing(0.6, 11))],
    ["road", road(middle, "road-edge", growing(1.2, 15))],
    ["road", road(main, "road-edge", growing(1.8, 18))],
    ["road", road(minor, "road", growing(0.3, 9))],
    ["road", road(middle, "road", growing(0.8, 13))],
    ["road", road(main, "road-main", growing(1.2, 16))],
    ["other", (dataLayer) => ({ dataLayer, symbolizer: line("road-edge", growing(0.6, 2)), filter: (_, f) => f.geomType === 2 })],
    ["coast", (dataLayer) => ({ dataLayer, symbolizer: line("coast", 1), filter: notPoint })],
    ["boundary", (dataLayer) => ({ dataLayer, symbolizer: line("boundary", 1, { dash: [4, 3] }), filter: notPoint })],
  ];
  const paintRules = order.flatMap(([role, rule]) => names.filter((name) => roleOf(name) === role).map(rule));
  return { paintRules, labelRules: labelRules(names, tokens) };
}

/* WORKAROUND for protomaps-leaflet 5.1.0: a closed line gives a label with boxes of NaN, and one such box in the index
   hides every label. */
const roadName = (options) => new (class extends protomapsL.LineLabelSymbolizer {
  place(layout, geometry, feature) {
    return super.place(layout, geometry, feature)?.filter(({ bboxes }) => bboxes.every(({ minX, minY }) => isFinite(minX + minY)));
  }
})(options);

function labelRules(names, tokens) {
  const common = {
    labelProps: ["name:zh", "name:zh-Hans", "name", "name:latin", "district"], fill: tokens.get("muted"), stroke: tokens.get("halo"), width: 2.5,
  };
  const font = (size) => ({ font: `${size}px ${FONT}` });
  return names.flatMap((dataLayer) => {
    const role = roleOf(dataLayer);
    const points = { dataLayer, symbolizer: new protomapsL.CenteredTextSymbolizer({ ...common, ...font(12) }), filter: (_, f) => f.geomType === 1 };
    const lines = { dataLayer, minzoom: 14, symbolizer: roadName({ ...common, ...font(11) }), filter: (_, f) => f.geomType === 2 };
    return role === "label" ? [points, lines] : role === "road" ? [lines] : [];
  });
}
