/* The panels over the map: tiers, tools, layers, zoom, legend, notes, hover text. They show state and report wishes. */
"use strict";

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

class Controls {
  /* wishes: {tier(name), layer(name, on), base(id), box(), zoom(step)} */
  constructor(container, words, wishes) {
    this.container = container;
    this.words = words;
    this.wishes = wishes;
    this.tiers = this._tiers();
    this.tools = this._tools();
    this.layers = this._layers();
    this.zoom = this._zoom();
    this.legend = this._legend();
    this.note = this._panel("desk-note", { hidden: true });
    this.banner = this._panel("desk-banner", { hidden: true, role: "status" });
    this.tip = container.appendChild(element("div", { class: "desk-tip", hidden: true, role: "tooltip" }));
    new ResizeObserver(() => this._place()).observe(this.tiers);
  }

  setTier(shown, auto) {
    for (const button of this.tiers.children) {
      const { tier } = button.dataset;
      if (tier === "auto") button.dataset.on = String(auto);
      button.setAttribute("aria-pressed", String(tier === shown));
    }
    this.tiers.firstChild.setAttribute("aria-checked", String(auto));
  }

  setLayers(visible) {
    for (const input of this.layers.querySelectorAll("input[type=checkbox]")) input.checked = visible[input.name];
  }

  setBox(armed) {
    this.tools.firstChild.setAttribute("aria-pressed", String(armed));
  }

  /* [[id, title], …]; while they stay the same the keyboard stays where it is among them. */
  setBases(choices, chosen) {
    if (String(choices) !== String(this.choices)) {
      this.choices = choices;
      this.bases.replaceChildren(...choices.map(([id, title]) => element("label", {},
        element("input", { type: "radio", name: "base", value: id, onchange: () => this.wishes.base(id) }),
        element("span", { title }, title))));
    }
    for (const input of this.bases.querySelectorAll("input")) input.checked = input.value === chosen;
  }

  /* In a low or narrow map they are folded into the first; the mouse unfolds them. */
  setNotes(...texts) {
    const [folded, ...whole] = texts.filter(Boolean).map((text) => element("span", {}, text));
    this.note.replaceChildren(folded, ...whole);
    this.note.hidden = !whole.length;
  }

  setBanner(text) {
    this.banner.textContent = text;
    this.banner.hidden = !text;
  }

  /* lines: [[text, class], …] a line; null hides. */
  setTip(lines, point) {
    this.tip.hidden = !lines;
    if (!lines) return;
    this.tip.replaceChildren(...lines.map((parts) => element("div", {},
      ...parts.map(([text, kind]) => element(kind === "strong" ? "b" : "span", { class: kind }, text)))));
    const { clientWidth: width, clientHeight: height } = this.container;
    const left = point.x + 16 + this.tip.offsetWidth > width ? point.x - 12 - this.tip.offsetWidth : point.x + 16;
    const top = point.y + 16 + this.tip.offsetHeight > height ? point.y - 10 - this.tip.offsetHeight : point.y + 16;
    Object.assign(this.tip.style, { left: `${Math.max(2, left)}px`, top: `${Math.max(2, top)}px` });
  }

  _panel(kind, attributes = {}, ...children) {
    const panel = this.container.appendChild(element("div", { class: `desk-control ${kind}`, ...attributes }, ...children));
    L.DomEvent.disableClickPropagation(panel).disableScrollPropagation(panel);
    L.DomEvent.on(panel, "mousemove", (event) => { L.DomEvent.stopPropagation(event); this.setTip(null); });
    return panel;
  }

  _tiers() {
    const button = (tier, more = {}) => element("button", {
      type: "button", "data-tier": tier, "aria-pressed": "false", onclick: () => this.wishes.tier(tier), ...more,
    }, this.words[tier]);
    const auto = button("auto", { class: "auto", title: this.words.autoHint });
    return this._panel("desk-left", { role: "group", "aria-label": this.words.tiers }, auto, ...TIERS.map((tier) => button(tier)));
  }

  _tools() {
    return this._panel("desk-tools", {}, element("button", {
      type: "button", "aria-pressed": "false", title: this.words.boxHint, onclick: () => this.wishes.box(),
    }, `⬚ ${this.words.box}`));
  }

  _layers() {
    const box = (name) => element("label", {},
      element("input", { type: "checkbox", name, onchange: (event) => this.wishes.layer(name, event.target.checked) }),
      this.words[name]);
    this.bases = element("div", { role: "radiogroup", "aria-label": this.words.base });
    this.menu = element("div", { class: "desk-menu", hidden: true }, this.bases);
    const opener = element("button", { type: "button", "aria-expanded": "false", onclick: () => this._toggleMenu(opener) });
    const panel = this._panel("desk-right", { role: "group", "aria-label": this.words.layersTitle }, opener, this.menu);
    const layers = [box("cases"), box("units"), box("heat")];
    const narrow = window.matchMedia("(max-width: 560px)");
    const arrange = () => {
      (narrow.matches ? this.menu : panel).prepend(...layers);
      opener.textContent = `▾ ${narrow.matches ? this.words.layersTitle : this.words.base}`;
    };
    narrow.addEventListener("change", arrange);
    arrange();
    const close = () => { this._toggleMenu(opener); opener.focus(); };
    this.bases.addEventListener("click", ({ target }) => { if (this.pressed && target.name) close(); }); // arrows look further
    this.bases.addEventListener("pointerdown", () => { this.pressed = true; });
    panel.addEventListener("keydown", (event) => {
      this.pressed = false;
      const done = event.key === "Escape" || (event.key === "Enter" && this.menu.contains(event.target));
      if (done && !this.menu.hidden) { close(); L.DomEvent.stop(event); }
    });
    document.addEventListener("mousedown", (event) => {
      if (!this.menu.hidden && !panel.contains(event.target)) this._toggleMenu(opener);
    });
    return panel;
  }

  _toggleMenu(opener) {
    this.menu.hidden = !this.menu.hidden;
    opener.setAttribute("aria-expanded", String(!this.menu.hidden));
    if (!this.menu.hidden) this.menu.querySelector("input:checked")?.focus();
  }

  _zoom() {
    const button = (step, sign, word) => element("button", { type: "button", title: word, "aria-label": word, onclick: () => this.wishes.zoom(step) }, sign);
    return this._panel("desk-zoom", {}, button(1, "+", this.words.zoomIn), button(-1, "−", this.words.zoomOut));
  }

  _legend() {
    const swatches = [0, 1, 2, 3, 4].map((shade) => {
      const swatch = element("i");
      swatch.style.background = `var(--class-${shade})`;
      return swatch;
    });
    return this._panel("desk-legend", {}, element("span", { class: "words" }, this.words.open), ...swatches,
      element("span", { class: "words" }, "0 · 1–2 · 3–5 · 6–9 · 10+"), element("b", {}, this.words.overdue));
  }

  /* Where the bars at the top end; in a very narrow map they stand in two lines. */
  bottom() {
    return Math.max(...[this.tiers, this.tools, this.layers].map((bar) => bar.offsetTop + bar.offsetHeight));
  }

  /* Where its panels lie: their middles, and half of their widths and heights. */
  boxes() {
    return [...this.container.querySelectorAll(".desk-control:not([hidden])")].map((panel) => {
      const [half, high] = [panel.offsetWidth / 2, panel.offsetHeight / 2];
      return { x: panel.offsetLeft + half, y: panel.offsetTop + high, half, high };
    });
  }

  _place() {
    this.tools.style.left = `${this.tiers.offsetLeft + this.tiers.offsetWidth + 6}px`;
  }
}
