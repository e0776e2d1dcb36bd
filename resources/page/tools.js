/* What the mouse can be used for besides choosing a grid: a box, a place, and looking at an import beforehand. */
"use strict";

/* Shift + drag, or drag once after `arm()`: gives the box to `done(bounds)` and leaves its outline on the map. */
class BoxTool {
  constructor(map, tokens, done) {
    this.map = map;
    this.tokens = tokens;
    this.done = done;
    this.armed = false;
    this.onArmed = () => {};
    this.frame = map.getContainer().appendChild(element("div", { class: "desk-box", hidden: true }));
    map.createPane("box").style.zIndex = 430;
    this.renderer = L.canvas({ padding: 0.1, pane: "box" });
    L.DomEvent.on(map.getContainer(), "mousedown", this._start, this);
  }

  arm(on) {
    this.armed = on;
    this.map.getContainer().classList.toggle("crosshair", on);
    this.onArmed(on);
  }

  clear() {
    this.rectangle?.remove();
    this.rectangle = null;
  }

  restyle() {
    this.rectangle?.setStyle({ color: this.tokens.get("accent") });
  }

  _start(event) {
    if (event.button !== 0 || !(this.armed || event.shiftKey)) return;
    L.DomEvent.stop(event);
    this.map.dragging.disable();
    this.from = this.map.mouseEventToContainerPoint(event);
    L.DomEvent.on(document, { mousemove: this._move, mouseup: this._end }, this);
  }

  _move(event) {
    const to = this.map.mouseEventToContainerPoint(event);
    const box = L.bounds([this.from, to]);
    Object.assign(this.frame.style, {
      left: `${box.min.x}px`, top: `${box.min.y}px`, width: `${box.getSize().x}px`, height: `${box.getSize().y}px`,
    });
    this.frame.hidden = false;
  }

  _end(event) {
    L.DomEvent.off(document, { mousemove: this._move, mouseup: this._end }, this);
    this.map.dragging.enable();
    this.frame.hidden = true;
    this.arm(false);
    const to = this.map.mouseEventToContainerPoint(event);
    if (this.from.distanceTo(to) < 4) return;
    const bounds = L.latLngBounds([this.map.containerPointToLatLng(this.from), this.map.containerPointToLatLng(to)]);
    this.clear();
    this.rectangle = L.rectangle(bounds, {
      renderer: this.renderer, interactive: false, weight: 1.5, dashArray: "5 4",
      color: this.tokens.get("accent"), fillOpacity: 0.06,
    }).addTo(this.map);
    this.swallow = true; // the click that ends the drag is none
    setTimeout(() => { this.swallow = false; }, 0);
    this.done(bounds);
  }
}

/* An import before it is accepted, drawn over everything. */
class Preview {
  constructor(map, tokens) {
    this.map = map;
    this.tokens = tokens;
    this.active = false;
    map.createPane("preview").style.zIndex = 440;
    this.renderer = L.canvas({ padding: 0.1, pane: "preview" });
  }

  /* Takes GeoJSON; returns how many things it stands for. */
  show(collection) {
    this.hide();
    this.active = true;
    const style = { color: this.tokens.get("warn"), weight: 2, dashArray: "6 4", fillOpacity: 0.12 };
    const common = { renderer: this.renderer, interactive: false };
    this.layer = L.geoJSON(collection, {
      ...common, style: () => ({ ...style, ...common }),
      pointToLayer: (_, latlng) => L.circleMarker(latlng, { ...common, radius: 5 }),
      onEachFeature: (feature, layer) => {
        if (/Point$/.test(feature.geometry.type)) {
          layer.setStyle({ weight: 1.2, dashArray: null, color: this.tokens.get("mark-line"), fillColor: this.tokens.get("warn"), fillOpacity: 0.95 });
        }
      },
    }).addTo(this.map);
    const bounds = this.layer.getBounds();
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [24, 24], maxZoom: 16 });
    return collection.total ?? collection.features?.length ?? 0;
  }

  hide() {
    this.active = false;
    this.layer?.remove();
    this.layer = null;
  }
}
