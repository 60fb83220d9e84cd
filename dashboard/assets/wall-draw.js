/* Draws a snapshot into the page that the server made: text and attributes only, each only when it differs. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 100;
  const HEIGHT = 24;
  const MARKED_MS = 1500;

  function setText(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }
  function setData(element, name, value) {
    const text = value === null || value === undefined ? "" : String(value);
    if (element && element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  function part(root, name) {
    return root.querySelector('[data-part="' + name + '"]');
  }

  function create(root, config, words) {
    const { METRICS } = window.tenDays;
    const tiles = new Map();
    const changed = new Map();
    const drawnTrend = new WeakMap();
    root.querySelectorAll("[data-tile]").forEach((tile) => tiles.set(tile.getAttribute("data-tile"), tile));

    function mark(element) {
      element.setAttribute("data-changed", "");
      changed.set(element, performance.now() + MARKED_MS);
    }
    function drawMetric(tile, group, centre, remember) {
      const number = tile.querySelector('[data-metric="' + group + '"]');
      const value = centre[group][METRICS[group]];
      const text = words.numberText(group, value);
      const before = part(number, "number").textContent;
      setData(number, "data-value", value);
      setData(number, "data-long", Math.min(text.length, 4));
      setText(part(number, "number"), text);
      setText(part(number, "unit"), words.unitText(group, value));
      if (remember && before !== text) mark(number);
      const cell = number.parentElement;
      setData(cell, "data-mark", centre.levels[group]);
      setText(part(cell, "norm"), words.normText(group, centre));
      if (centre.trend) drawTrend(part(cell, "trend"), group, centre.trend[group] || []);
    }
    function drawTile(centre, now, remember) {
      const tile = tiles.get(centre.id);
      if (!tile) return;
      setData(tile, "data-state", centre.state);
      setData(tile, "data-level", centre.level);
      setText(part(tile, "level"), words.levelText(centre));
      setText(part(tile, "state"), words.stateText(centre, now));
      for (const group of Object.keys(METRICS)) drawMetric(tile, group, centre, remember);
      setData(part(tile, "numbers"), "data-crowd", words.crowd(centre));
    }
    function drawAge(centre, now) {
      const tile = tiles.get(centre.id);
      if (tile) setText(part(tile, "state"), words.stateText(centre, now));
    }

    const NORM = { load: config.norms.occupancy, turnover: config.norms.turnover };
    const LEAST_TOP = { queue: 5, load: 1, turnover: 0.3, sla: 5 };
    function drawTrend(holder, group, values) {
      const key = JSON.stringify(values);
      if (drawnTrend.get(holder) === key) return;
      drawnTrend.set(holder, key);
      const known = values.filter((value) => value !== null);
      const svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT);
      svg.setAttribute("preserveAspectRatio", "none");
      if (known.length > 1) {
        const top = Math.max(LEAST_TOP[group], ...known);
        const y = (value) => (HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1);
        if (NORM[group]) svg.append(shape("line", "norm-line", { x1: 0, x2: WIDTH, y1: y(NORM[group]), y2: y(NORM[group]) }));
        for (const points of pieces(values, y)) svg.append(shape("polyline", "line", { points }));
      }
      holder.replaceChildren(svg);
    }
    function shape(name, className, attributes) {
      const element = document.createElementNS(SVG, name);
      element.setAttribute("class", className);
      for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
      return element;
    }
    /* The known runs of a trend: a gap stays a gap. */
    function pieces(values, y) {
      const found = [];
      let run = [];
      values.forEach((value, place) => {
        if (value === null) {
          if (run.length > 1) found.push(run.join(" "));
          run = [];
        } else run.push(((place / (values.length - 1)) * WIDTH).toFixed(1) + "," + y(value));
      });
      if (run.length > 1) found.push(run.join(" "));
      return found;
    }

    function drawTotals(totals) {
      const texts = words.totals(totals);
      for (const name of Object.keys(texts)) setText(part(root, name), texts[name]);
    }
    function drawAct(lines, now) {
      const cards = root.querySelectorAll('[data-part="act-line"]');
      cards.forEach((card, place) => {
        const line = lines[place];
        card.hidden = !line;
        if (!line) return;
        const texts = words.actText(line, now);
        for (const name of Object.keys(texts)) setText(part(card, name), texts[name]);
        const where = part(card, "where");
        if (config.shut.includes(line.centre)) where.removeAttribute("href");
        else setData(where, "href", "/centre/" + encodeURIComponent(line.centre));
      });
      part(root, "act-lines").hidden = lines.length === 0;
      part(root, "act-none").hidden = lines.length !== 0;
    }
    function drawTime(now) {
      setText(part(root, "clock"), words.time(now));
      setText(part(root, "today"), words.longDate(now));
      if (config.theme === "auto") {
        const hour = words.hour(now);
        setData(document.documentElement, "data-theme", hour >= 7 && hour < 19 ? "day" : "night");
      }
    }
    function drawLive(live, at, now) {
      setData(root, "data-live", live);
      setText(part(root, "alarm"), words.alarm(live, at, now));
    }
    function calm() {
      const now = performance.now();
      for (const [element, until] of changed) {
        if (until <= now) {
          element.removeAttribute("data-changed");
          changed.delete(element);
        }
      }
    }
    function drawVersion(version) {
      setData(root, "data-version", version);
    }
    return { drawTile, drawAge, drawTotals, drawAct, drawTime, drawLive, drawVersion, calm };
  }

  window.tenDays = Object.assign(window.tenDays || {}, { createDrawing: create });
})();
