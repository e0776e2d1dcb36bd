/* The map of the desk. folium makes the Leaflet map; this class gives it its layers and its behaviour.
   Data come by fetch from the application's own scheme, the bridge carries clicks up and changes down. */
"use strict";

const SETTLED_MS = 50;
const UNPLACED = "640x480"; // the size of a page that Qt has not put into its place yet
const PLACED_MS = 500;

/* Colours from the style sheet, so that a theme is one class on the page. */
class Tokens {
  refresh() {
    this.style = getComputedStyle(document.documentElement);
    this.cache = new Map();
  }

  get(name) {
    if (!this.cache) this.refresh();
    if (!this.cache.has(name)) this.cache.set(name, this.style.getPropertyValue(`--${name}`).trim());
    return this.cache.get(name);
  }

  rgb(name) {
    return this.get(name).match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16)).join(",");
  }
}

class GridMap {
  constructor(map) {
    this.map = map;
    this.tokens = new Tokens();
    this.pending = new Map(); // what is being fetched, by layer
    this.tier = "auto";
    this.mode = "browse";
    this.untouched = true; // nobody has moved the map: it may follow the window's size
    const { theme = "light", size } = Object.fromEntries(new URLSearchParams(location.search));
    map.options.zoomSnap = 0.5; // the first fit may come before the base map, which says it too
    expect(map, size, () => !this.untouched);
    this.setTheme(theme);
    this.ready = this._start();
  }

  /* For outside checks: see CONTRACT. */
  state() {
    const { lat, lng } = this.map.getCenter();
    return {
      zoom: this.map.getZoom(), center: { lat, lng }, layer: this.outlines.shown, grids: this.outlines.counts(),
      selected: this.outlines.selected, cases: this.marks.visible.cases ? this.marks.caseCount() : 0,
    };
  }

  async _start() {
    const asked = Object.fromEntries(["words", "place", "outlines", "base", "figures"].map((name) => [name, get(`/data/${name}`)]));
    for (const answer of Object.values(asked)) answer.catch(() => {}); // told where it is awaited
    this.hears = connected(); // what was asked is drawn meanwhile
    const words = await asked.words;
    this.words = words;
    this.outlines = new Outlines(this.map, this.tokens);
    this.marks = new Marks(this.map, this.tokens, words);
    this.base = new BaseMaps(this.map, this.tokens, words);
    this.base.onFailed = () => { this.setLayers({ base: "offline" }, true); this._failed("basemap"); };
    this.preview = new Preview(this.map, this.tokens);
    this.box = new BoxTool(this.map, this.tokens, (bounds) => this.bridge.on_page_box_selected(bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()));
    this.controls = new Controls(this.map.getContainer(), words, {
      tier: (tier) => this.setLayers({ tier }, true), layer: (name, on) => this.setLayers({ [name]: on }, true),
      base: (base) => this.setLayers({ base }, true), box: () => this.box.arm(!this.box.armed),
      zoom: (step) => this.map.setZoom(this.map.getZoom() + step),
    });
    this.marks.covered = () => this.controls.boxes();
    this.box.onArmed = (armed) => this.controls.setBox(armed);
    this.map.getContainer().setAttribute("aria-label", words.map);
    const { place, home } = await asked.place.catch(() => ({})); // without them it shows everything
    this.home = home;
    if (place) this.lookAt(...place); // before there is anything to draw
    this.early = place && this.fetchLayer("cases"); // where it looks is known already
    const [outlines, ...others] = ["outlines", "base", "figures"].map((layer) => this.fetchLayer(layer, false, asked[layer]));
    await outlines; // they say where to look, and so which cases are asked for
    await sized(this.map);
    this._fit();
    const cases = this.fetchLayer("cases"); // nothing where they are on their way
    const bridge = await this.hears;
    this.bridge = bridge;
    this._hear(bridge);
    this._listen();
    this._moved();
    await Promise.all(others);
    bridge.on_page_ready();
    await Promise.all([this.early, cases, this.fetchLayer("cases"), this.fetchLayer("units")]);
    requestAnimationFrame(() => requestAnimationFrame(() => bridge.on_page_drawn()));
  }

  _hear(bridge) {
    bridge.select.connect((code, centre, casesToo) => {
      if (casesToo) this.fetched = null; // a move asks for them, and then nobody else
      if ((code || null) !== this.outlines.selected) this.select(code || null, centre);
      if (casesToo) this.fetchLayer("cases");
    });
    bridge.stale.connect((layer) => this.fetchLayer(layer, true));
    bridge.centre_on.connect((lon, lat, zoom) => this.lookAt(lon, lat, zoom || this.map.getZoom()));
    bridge.mark_case.connect((lon, lat, id) => this.markCase(id ? { lon, lat, id } : null));
    bridge.theme.connect((name) => this.setTheme(name));
    bridge.layers.connect((layers) => this.setLayers(layers));
    bridge.mode.connect((mode) => this.setMode(mode));
    bridge.preview.connect((shown) => this.showPreview(shown));
    bridge.clear_box.connect(() => this.box.clear());
    bridge.keyboard.connect(() => this.map.getContainer().focus());
  }

  _listen() {
    const { map } = this;
    this.pointer = new Pointer(this);
    map.on("movestart", () => { this.untouched &&= !this.settled; });
    map.on("moveend", () => this._moved());
    map.on("resize", () => { if (this.untouched) this._fit(); });
    this._fit();
    this.settled = true;
  }

  /* -- layers ------------------------------------------------------------------------------------------------ */

  /* Fetch a layer and draw it; an older fetch of the same layer is given up. */
  async fetchLayer(layer, forced = false, asked = null) {
    const address = this._address(layer, forced);
    if (!address) return;
    this.pending.get(layer)?.abort();
    const controller = new AbortController();
    this.pending.set(layer, controller);
    try {
      const body = await (asked ?? get(address, controller.signal));
      if (!controller.signal.aborted) await this._take(layer, body);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (layer === "cases") this.fetched = null;
      await this._failed(layer);
    } finally {
      if (this.pending.get(layer) === controller) this.pending.delete(layer);
    }
  }

  async _failed(layer) {
    (await this.hears).on_page_layer_failed(layer);
  }

  _address(layer, forced) {
    if (layer !== "cases" && layer !== "units") return `/data/${layer}`;
    const zoom = this.map.getZoom();
    const seen = this.map.getBounds();
    if (layer === "units" && !this.marks.visible.units) return null;
    if (layer === "cases") {
      if (!this.marks.visible.cases && !this.marks.visible.heat) return null;
      if (!forced && this.fetched?.zoom === zoom && this.fetched.bounds.contains(seen)) return null;
      this.fetched = { zoom, bounds: seen.pad(0.15) };
    }
    const box = seen.pad(0.15);
    const clamp = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(6);
    const edges = [clamp(box.getWest(), 180), clamp(box.getSouth(), 85), clamp(box.getEast(), 180), clamp(box.getNorth(), 85)];
    return `/data/${layer}?b=${edges.join(",")}&z=${zoom}`;
  }

  async _take(layer, body) {
    if (layer === "outlines") {
      this.outlines.load(body);
      this._fit();
      if (this.map.getSize().x) this.early ??= this.fetchLayer("cases"); // they come while the areas are drawn
      this._tier();
      this._ground();
    } else if (layer === "figures") {
      this.outlines.recolour(body);
      this._badges();
    } else if (layer === "cases") this.marks.setCells(body);
    else if (layer === "units") this.marks.setUnits(body);
    else if (layer === "base") {
      await this.base.load(body);
      this._fit();
      this._based();
    }
    this._notes();
  }

  /* {cases, units, heat: bool, base: id, tier: name}; `asked` = by the operator on the map: the desk remembers it. */
  setLayers(layers, asked = false) {
    const { base, tier, ...shown } = layers;
    if (tier !== undefined) { this.tier = tier; this._tier(); }
    if (base !== undefined) { this.base.choose(base); this._based(); this._notes(); }
    if (Object.keys(shown).length) {
      this.marks.show(shown);
      this._fade();
      this.controls.setLayers(this.marks.visible);
      this.fetchLayer("cases");
      this.fetchLayer("units");
    }
    if (asked) this.bridge.on_page_layers_changed({ ...this.marks.visible, base: this.base.chosen, tier: this.tier });
  }

  setTheme(name) {
    if (name === this.theme) return;
    this.theme = name;
    document.documentElement.classList.toggle("dark", name === "dark");
    this.tokens.refresh();
    if (!this.outlines) return;
    this.base.restyle();
    this.outlines.restyle();
    this.marks.draw();
    this.box.restyle();
  }

  _based() {
    this._fade();
    this.controls.setBases(this.base.choices(), this.base.chosen);
    this.controls.setLayers(this.marks.visible);
    this._ground();
  }

  /* The colours give way to a base map beneath, and to heat or an import above. */
  _fade() {
    const above = this.marks.visible.heat || this.preview.active;
    this.outlines.setOpacity(above ? 0.35 : this.base.fillOpacity());
  }

  _ground() {
    const bounds = this.outlines.bounds();
    this.map.getContainer().classList.toggle("inland", Boolean(bounds) && !this.base.knowsSea(bounds));
  }

  _tier() {
    const tier = this.tier === "auto" ? this.outlines.tierFor(this.map.getZoom()) : this.tier;
    if (tier !== this.outlines.shown) this.outlines.show(tier);
    this._badges();
    this.controls.setTier(tier, this.tier === "auto");
  }

  /* Names and overdue counts of what is shown. Zones and basic grids are only numbered: theirs is the name above. */
  _badges() {
    const shown = this.outlines.shown;
    const named = this.outlines.features[shown === "zone" ? "township" : "community"];
    const scale = (256 * 2 ** this.map.getZoom()) / 360;
    this.marks.setNames(named.map((grid) => [this.outlines.middleOf(grid), grid.name, (grid.bbox[2] - grid.bbox[0]) * scale]));
    const overdue = () => this.outlines.features[shown].filter(({ code }) => this.outlines.figuresOf(code)[1]);
    this.marks.setBadges(() => overdue().map((grid) => [this.outlines.middleOf(grid), this.outlines.figuresOf(grid.code)[1]]));
  }

  _notes() {
    const { schematic } = this.outlines;
    const folded = schematic ? this.words.schematicShort : this.words.base;
    this.controls.setNotes(folded, this.base.attribution(), schematic && this.words.schematic);
  }

  /* -- one selection ----------------------------------------------------------------------------------------- */

  select(code, centre = false) {
    const before = this.outlines.selected;
    this.outlines.select(code);
    if (!centre) return;
    const bounds = code ? this.outlines.boundsOf(code) : before && this._home();
    if (!bounds) return;
    this.untouched = !code; // everything again follows the window's size again
    if (!code) {
      this._unasked(() => this.map.fitBounds(bounds, { ...this._edges(), maxZoom: 16, animate: false }));
      return;
    }
    const zoom = Math.min(this.map.getBoundsZoom(bounds, false, L.point(80, 80)), 16);
    const far = !this.map.getBounds().contains(bounds) || zoom - this.map.getZoom() > 1;
    if (far) this._unasked(() => this.map.setView(bounds.getCenter(), zoom, { animate: false }));
  }

  markCase(place) {
    this.marks.choose(place);
    if (!place) return;
    const here = L.latLng(place.lat, place.lon);
    if (!this.map.getBounds().contains(here)) {
      this.untouched = false;
      this.map.setView(here, Math.max(this.map.getZoom(), 15));
    } else if (!this.map.getBounds().pad(-0.12).contains(here)) {
      this.untouched = false;
      this.map.panInside(here, { padding: [50, 50] });
    }
  }

  setMode(mode) {
    this.mode = mode;
    this.map.getContainer().classList.toggle("crosshair", mode === "pick");
    this._banner();
  }

  async showPreview(shown) {
    if (!shown) {
      if (this.preview.active) this._goHome(); // it showed a place where the desk may have nothing
      this.preview.hide();
      this.previewed = 0;
    } else {
      this.untouched = false;
      this.previewed = this.preview.show(await get("/data/preview"));
    }
    this.marks.mute(this.preview.active);
    this._fade();
    this._banner();
  }

  _banner() {
    const text = this.mode === "pick" ? this.words.pick : this.preview.active ? this.words.preview.replace("{n}", this.previewed) : "";
    this.controls.setBanner(text);
  }

  /* -- view -------------------------------------------------------------------------------------------------- */

  /* The desk's own township, of a county's desk everything, of an empty one the land that comes with the program. */
  _home() {
    return this.outlines.boundsOf(this.home) ?? this.outlines.bounds() ?? this.base.around();
  }

  /* Nothing lies under the bars above and below, where the map is high enough for it; in a low one those below are folded. */
  _edges() {
    const { y } = this.map.getSize();
    const bars = this.controls.bottom();
    const above = y < 160 ? 6 : bars > 40 ? bars + 4 : 40;
    return { paddingTopLeft: [6, above], paddingBottomRight: [6, y < 240 ? 6 : 40] };
  }

  _fit() {
    const bounds = this._home();
    if (!bounds || !this.untouched || !this.map.getSize().x) return;
    const fitted = `${this.map.getSize()} ${bounds.toBBoxString()}`;
    if (fitted === this.fitted) return; // everything would be drawn again
    this.fitted = fitted;
    this._unasked(() => this.map.fitBounds(bounds, { ...this._edges(), animate: false }));
  }

  _goHome() {
    this.untouched = true;
    this.fitted = "";
    this._fit();
  }

  /* A zoom that nobody asked for: the map goes on following the window's size. */
  _unasked(zoom) {
    const { settled } = this;
    this.settled = false;
    zoom();
    this.settled = settled;
  }

  /* Where the map looks already it is not drawn again. */
  lookAt(lon, lat, zoom) {
    this.untouched = false;
    const { x, y } = this.map.latLngToContainerPoint([lat, lon]).subtract(this.map.getSize().divideBy(2));
    if (zoom !== this.map.getZoom() || Math.hypot(x, y) > 1) this.map.setView([lat, lon], zoom);
  }

  _moved() {
    this._tier();
    this.fetchLayer("cases");
    this.fetchLayer("units");
    const { lat, lng } = this.map.getCenter();
    this.bridge.on_page_view_changed(lng, lat, this.untouched ? 0 : this.map.getZoom());
  }
}

/* What came with the page is there; everything else, and everything a second time, is asked for. */
async function get(address, signal) {
  const there = document.getElementById(address);
  if (there) {
    there.remove();
    return JSON.parse(there.textContent);
  }
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/* A page that was loaded before its window is shown has no size yet. */
function sized(map) {
  return map.getSize().x ? null : new Promise((resolve) => map.once("resize", resolve));
}

/* It is made as large as it will be, "788x330", so that everything is ready when it is shown; then it is as large as
   its place, which takes some steps to its size. */
function expect(map, size, centred) {
  if (!size || map.getSize().x) return;
  const { style } = map.getContainer();
  const take = (width, height) => {
    Object.assign(style, { width, height });
    map.invalidateSize({ pan: centred(), animate: false });
  };
  take(...size.split("x").map((side) => `${side}px`));
  let due = 0;
  const settle = () => {
    clearTimeout(due);
    due = setTimeout(() => {
      removeEventListener("resize", settle);
      take("", "");
    }, `${innerWidth}x${innerHeight}` === UNPLACED ? PLACED_MS : SETTLED_MS);
  };
  addEventListener("resize", settle);
}

function connected() {
  return new Promise((resolve) => new QWebChannel(qt.webChannelTransport, (channel) => resolve(channel.objects.bridge)));
}
