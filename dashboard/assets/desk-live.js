/* The pages one sits before follow the live stream: when what they show has changed, they ask to be drawn again.
   One connection a tab; the page under it may change (links between these pages load no new document). */
(function () {
  "use strict";
  var PING_LOST_MS = 8000;
  var state = { config: null, source: null, heard: 0, changed: 0, ticked: 0, minute: 0, version: null, at: null, due: false, timer: null };

  function root() { return document.getElementById("page"); }
  function now() { return performance.now(); }

  function start(config) {
    state.config = config;
    state.due = false;
    state.ticked = state.minute = now();
    if (!config || config.past) { stop(); return null; }
    state.heard = state.changed = now();
    state.at = config.at;
    if (!state.timer) { state.timer = setInterval(look, 1000); }
    if (!state.source) { connect(); }
    return Date.now();
  }

  function stop() {
    if (state.source) { state.source.close(); state.source = null; }
    if (state.timer) { clearInterval(state.timer); state.timer = null; }
  }

  function connect() {
    var source = (state.source = new EventSource(state.config.url));
    source.addEventListener("snapshot", take);
    source.addEventListener("change", take);
    source.addEventListener("alarms", function (event) {
      state.heard = now();
      window.tenDaysAlarms.take(JSON.parse(event.data));
      show();
    });
    source.addEventListener("ping", function () { state.heard = now(); });
    source.onerror = function () { if (source.readyState === 2) { askAtTheDoor(); } };
  }

  /* The stream was refused: when the session has ended, the page itself says what to do. */
  function askAtTheDoor() {
    fetch("/api/v1/snapshot", { method: "HEAD" }).then(function (answer) {
      if (answer.status === 401) { location.reload(); }
    }, function () {});
  }

  function take(event) {
    var said;
    try { said = JSON.parse(event.data); } catch (_) { return; }
    state.heard = state.changed = now();
    state.version = said.version;
    state.at = said.at;
    var centre = state.config && state.config.centre;
    if (said.centres.some(function (each) { return !centre || each.id === centre; })) { state.due = true; }
    show();
  }

  /* Every second: is data coming, and is a part due to be drawn again? */
  function look() {
    if (!root()) { stop(); return; }
    if (state.source && (state.source.readyState === 2 || now() - state.heard > PING_LOST_MS + 2000)) {
      state.source.close();
      connect();
      state.heard = Math.max(state.heard, now() - PING_LOST_MS - 1);
    }
    show();
    if (document.hidden || live() !== "live") { return; }
    if (state.due && now() - state.ticked >= state.config.tick_s * 1000) {
      state.due = false;
      state.ticked = now();
      window.dash_clientside.set_props("page-tick", { data: state.version });
    }
    if (now() - state.minute >= state.config.minute_s * 1000) {
      state.minute = now();
      state.due = true;  // with nothing heard of, ages grow
      window.dash_clientside.set_props("page-minute", { data: state.version });
    }
  }

  function live() {
    if (now() - state.heard > PING_LOST_MS) { return "lost"; }
    return now() - state.changed > state.config.stale_s * 1000 ? "stale" : "live";
  }

  function show() {
    var page = root();
    if (!page || !state.config || state.config.past) { return; }
    var is = live();
    set(page, "data-live", is);
    if (state.version !== null) { set(page, "data-version", String(state.version)); }
    if (state.at) { set(page, "data-at", state.at); }
    var alarm = page.querySelector("[data-part=alarm]");
    var text = is === "live" ? "" : state.config[is].replace("{when}", clock(state.at));
    if (alarm && alarm.textContent !== text) { alarm.textContent = text; }
    window.tenDaysAlarms.show(state.at, state.config);
  }

  function set(element, name, value) { if (element.getAttribute(name) !== value) { element.setAttribute(name, value); } }

  function clock(at) {
    if (!at) { return "—"; }
    var local = new Date(Date.parse(at) + state.config.offset * 1000);
    return ("0" + local.getUTCHours()).slice(-2) + ":" + ("0" + local.getUTCMinutes()).slice(-2);
  }

  /* A part that the server drew again: put in its place only on the page that it was drawn for, and only where it
     differs from what is shown, so that what has the focus keeps it. */
  function place(fresh, asked, shown) {
    var none = window.dash_clientside.no_update;
    if (!fresh || JSON.stringify(fresh.asked) !== JSON.stringify(asked)) { return none; }
    var changes = window.tenDaysLight.changes(shown, fresh.children);
    if (changes === null) { return fresh.children; }
    changes.forEach(function (change) { window.dash_clientside.set_props(change[0], change[1]); });
    return none;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenDaysDesk = { start: start, place: place };
})();
