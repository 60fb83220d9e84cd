/* Follows the live stream (docs/snapshot.md): one EventSource, one timer of a second, and nothing that grows. */
(function () {
  "use strict";
  const QUIET_MS = 8000;
  const RENEW_MS = 10000;
  const ASK_MS = 600000; /* a norm may have changed since the page was drawn: the build then has another name */
  const RELOADED = "tenDays.reloadedFor";
  let running = null;

  function start(config) {
    if (running) running.stop();
    running = null;
    const root = document.getElementById("wall");
    if (root && config) running = config.past ? window.tenDays.showPast(root, config) : follow(root, config);
    window.tenDays.following = running !== null;
    return true;
  }

  function follow(root, config) {
    const words = window.tenDays.createWords(config);
    const draw = window.tenDays.createDrawing(root, config, words);
    const strip = window.tenDays.createStrip(root, words);
    const centres = new Map();
    const begun = performance.now();
    const clock = { epoch: config.now, at: begun };
    let snapshot = null;
    let standing = config.standing;
    let source = null;
    let opened = begun;
    let asked = begun;
    let heard = begun;
    let changed = begun;
    let fetching = false;
    let broken = false;

    const now = () => clock.epoch + (performance.now() - clock.at) / 1000;

    function take(whole, remember) {
      snapshot = whole;
      centres.clear();
      for (const centre of whole.centres) centres.set(centre.id, centre);
      const at = now();
      for (const centre of whole.centres) draw.drawTile(centre, at, remember);
      drawRest(at);
    }
    function apply(change) {
      if (!snapshot || change.base !== snapshot.version) {
        refetch();
        return false;
      }
      for (const centre of change.centres) {
        const before = centres.get(centre.id);
        if (!centre.trend && before) centre.trend = before.trend;
        centres.set(centre.id, centre);
        draw.drawTile(centre, now(), true);
      }
      snapshot = Object.assign({}, snapshot, change, { centres: [] });
      drawRest(now());
      return true;
    }
    function drawRest(at) {
      if (snapshot.totals) draw.drawTotals(snapshot.totals);
      draw.drawAct(snapshot.act || [], at);
      draw.drawVersion(snapshot.version);
      drawStrip(at);
    }
    function drawStrip(at) {
      strip.draw(standing, snapshot ? Date.parse(snapshot.at) / 1000 : at, at);
    }

    function onSnapshot(event) {
      heard = performance.now();
      const whole = JSON.parse(event.data);
      if (!snapshot || whole.version !== snapshot.version) noteFresh(whole);
      take(whole, snapshot !== null);
      show();
    }
    function onChange(event) {
      heard = performance.now();
      const change = JSON.parse(event.data);
      clock.epoch = Date.parse(change.at) / 1000;
      clock.at = heard;
      if (apply(change)) changed = heard; /* what could not be drawn does not make the picture fresh */
      show();
    }
    function noteFresh(whole) {
      if (now() - Date.parse(whole.at) / 1000 < QUIET_MS / 1000) changed = performance.now();
    }
    /* The stream may have overtaken it; versions that begin anew go by their time. */
    function isNewer(whole) {
      return !snapshot || whole.version > snapshot.version || Date.parse(whole.at) > Date.parse(snapshot.at);
    }
    function onAlarms(event) {
      heard = performance.now();
      standing = JSON.parse(event.data);
      drawStrip(now());
    }
    function onPing() {
      heard = performance.now();
    }
    function refetch() {
      if (fetching) return;
      fetching = true;
      fetch(config.urls.snapshot, { cache: "no-store" })
        .then((answer) => {
          if (answer.status === 401) return goToTheDoor();
          const build = answer.headers.get("X-Ten-Days-Build");
          if (build && config.build && build !== config.build) reload(build);
          return answer.ok ? answer.json() : null;
        })
        .then((whole) => {
          if (!whole || !isNewer(whole)) return;
          noteFresh(whole);
          take(whole, true);
        })
        .catch(() => undefined)
        .finally(() => { fetching = false; });
    }
    /* The session has ended, or the right to look: the page itself says what to do. */
    function goToTheDoor() {
      location.reload();
      return null;
    }
    /* The server came back with other assets, or a day began with another norm: load the page anew, once for each build. */
    function reload(build) {
      if (sessionStorage.getItem(RELOADED) === build) return;
      sessionStorage.setItem(RELOADED, build);
      location.reload();
    }

    function connect() {
      if (source) source.close();
      source = new EventSource(config.urls.live);
      opened = performance.now();
      source.addEventListener("snapshot", onSnapshot);
      source.addEventListener("change", onChange);
      source.addEventListener("alarms", onAlarms);
      source.addEventListener("ping", onPing);
      source.onopen = () => {
        if (broken) refetch();
        broken = false;
      };
      source.onerror = () => {
        broken = true;
        if (source.readyState === EventSource.CLOSED) refetch();
      };
    }
    function liveness() {
      const at = performance.now();
      if (at - heard > QUIET_MS) return "lost";
      return at - changed > QUIET_MS ? "stale" : "live";
    }
    function show() {
      draw.drawLive(liveness(), snapshot && snapshot.at, now());
    }
    function tick() {
      if (!document.body.contains(root)) return stop();
      const at = performance.now();
      const silentFor = at - Math.max(heard, opened);
      if (source.readyState === EventSource.CLOSED ? at - opened > 2000 : silentFor > RENEW_MS) {
        broken = true;
        connect();
      }
      if (at - asked > ASK_MS) {
        asked = at;
        refetch();
      }
      const epoch = now();
      draw.calm();
      draw.drawTime(epoch);
      drawStrip(epoch);
      for (const centre of centres.values()) {
        if (centre.state === "late" || centre.state === "silent") draw.drawAge(centre, epoch);
      }
      show();
    }
    function stop() {
      clearInterval(timer);
      if (source) source.close();
    }

    if (config.snapshot) {
      const age = config.now - Date.parse(config.snapshot.at) / 1000;
      changed = begun - age * 1000;
      take(config.snapshot, false);
    } else changed = begun - QUIET_MS - 1;
    show();
    connect();
    const timer = setInterval(tick, 1000);
    return { stop };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { tenDaysWall: { start } });
})();
