/* The mouse and the Escape key over the map: what lies under them, what is said of it, what a click means. */
"use strict";

class Pointer {
  /* owner: the GridMap */
  constructor(owner) {
    this.owner = owner;
    this.map = owner.map;
    this.map.on("click", (event) => this._clicked(event));
    this.map.on("mousemove", (event) => this._moving(event));
    this.map.on("mouseout movestart zoomstart", () => this._hover(null));
    this.map.getContainer().addEventListener("keydown", (event) => { if (event.key === "Escape") this._escape(); });
    this.map.getContainer().addEventListener("keydown", (event) => this._plus(event), true);
  }

  /* Shift is how a keyboard gives the sign; Leaflet would go three steps for it. */
  _plus(event) {
    if (event.key !== "+") return;
    event.stopImmediatePropagation();
    this.map.zoomIn();
  }

  _clicked({ latlng, containerPoint }) {
    const { owner } = this;
    const { bridge } = owner;
    if (owner.box.swallow) return;
    if (owner.mode === "pick") { bridge.on_page_point_picked(latlng.lng, latlng.lat); return; }
    const mark = owner.marks.at(containerPoint);
    if (mark?.kind === "case") bridge.on_page_case_clicked(mark.id);
    else if (mark?.kind === "unit") bridge.on_page_unit_clicked(mark.code);
    else if (mark) this._openCluster(mark);
    else {
      const code = owner.outlines.at(latlng)?.code ?? "";
      owner.select(code || null);
      bridge.on_page_grid_clicked(code);
    }
  }

  /* Closer, until the cases come apart; those at one place become the list's box. */
  _openCluster({ latlng }) {
    const most = this.map.getMaxZoom();
    if (this.map.getZoom() < most) {
      this.map.setView(latlng, this.map.getZoom() + 2);
      return;
    }
    const half = 0.0002;
    this.owner.bridge.on_page_box_selected(latlng.lng - half, latlng.lat - half, latlng.lng + half, latlng.lat + half);
  }

  /* At most once a frame. */
  _moving(event) {
    const first = !this.last;
    this.last = event;
    if (!first) return;
    requestAnimationFrame(() => {
      const { last } = this;
      this.last = null;
      if (!this.map.dragging.moving()) this._hover(last);
    });
  }

  _hover(event) {
    const { owner } = this;
    const mark = event && owner.marks.at(event.containerPoint);
    const grid = event && owner.mode === "browse" ? owner.outlines.at(event.latlng) : null;
    this.map.getContainer().classList.toggle("over-grid", Boolean(mark ?? grid));
    owner.controls.setTip(mark ? this._markTip(mark) : grid ? this._gridTip(grid) : null, event?.containerPoint);
  }

  _gridTip(grid) {
    const { words } = this.owner;
    const [open, overdue] = this.owner.outlines.figuresOf(grid.code);
    const counts = open ? [[`${words.open} ${open}`, ""]] : [[words.noOpen, "muted"]];
    if (overdue) counts.push([`▲ ${words.overdue} ${overdue}`, "bad"]);
    const worker = grid.worker ? [[[`${words.worker} ${grid.worker}`, ""]]] : [];
    const special = grid.special || grid.kind === "special" ? [[` · ${words.special}`, "muted"]] : [];
    const above = this._above(grid);
    return [[[grid.name, "strong"], ...special], ...(above ? [[[above, "muted"]]] : []), ...worker, counts, [[grid.code, "muted"]]];
  }

  /* "community · zone · township": basic grids are only numbered, so a name alone says little. */
  _above(grid) {
    const names = [];
    for (let parent = this.owner.outlines.byCode.get(grid.parent); parent && names.length < 3; parent = this.owner.outlines.byCode.get(parent.parent)) {
      names.push(parent.name);
    }
    return names.join(" · ");
  }

  _markTip(mark) {
    const { words } = this.owner;
    if (mark.kind === "unit") return [[[mark.name, "strong"]], [[words[mark.status] ?? "", "muted"]]];
    const counts = [[mark.kind === "case" ? words.oneCase : words.cluster.replace("{n}", mark.cases), "strong"]];
    if (mark.overdue) counts.push([`▲ ${words.overdue} ${mark.overdue}`, "bad"]);
    return [counts];
  }

  _escape() {
    const { owner } = this;
    if (owner.box.armed) owner.box.arm(false);
    else if (owner.mode === "pick") {
      owner.setMode("browse");
      owner.bridge.on_page_picking_cancelled();
    } else if (owner.outlines.selected) {
      owner.select(null);
      owner.bridge.on_page_grid_clicked("");
    } else owner.bridge.on_page_escape_unused();
  }
}
