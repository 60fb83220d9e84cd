/* Alarms on the pages one sits before: how many stand, and a calm tone when a new one fires. The tone is off until
   somebody turns it on at /alerts; the browser remembers it. The wall does not load this: it never makes a sound. */
(function () {
  "use strict";
  var KEY = "tenDays.sound";
  var NOTES = [[587.33, 0], [440, 0.3]]; /* Hz, and when: a falling fifth, soft */
  var LOUD = 0.12;
  var page = document.documentElement;
  var board = null;
  var states = null; /* alarm to state as last heard; null before the first word: what stands then is not new */
  var context = null;

  function seconds(text) { return Date.parse(text) / 1000; }
  function alarms() {
    return board.centres.reduce(function (all, centre) { return all.concat(centre.alarms); }, []);
  }

  function take(said) {
    board = said;
    var before = states;
    states = {};
    var fresh = alarms().filter(function (alarm) {
      states[alarm.id] = alarm.state;
      var was = before && before[alarm.id];
      return before && alarm.state === "firing" && (was === undefined || was === "acknowledged");
    });
    var heard = fresh.some(function (alarm) { return alarm.severity === "act" || !board.quiet; });
    if (heard && page.getAttribute("data-sound") === "on") { tone(); }
  }

  /* ``at``: the moment of the newest picture. */
  function show(at, config) {
    var count = document.querySelector("[data-part=alarm-count]");
    if (!count || !board) { return; }
    var off = at && seconds(at) - seconds(board.at) > config.watched_s;
    var free = alarms().filter(function (alarm) { return alarm.state === "firing"; });
    var act = free.some(function (alarm) { return alarm.severity === "act"; });
    var text = off ? "—" : String(alarms().length || "");
    if (count.textContent !== text) { count.textContent = text; }
    count.setAttribute("data-mark", off ? "off" : act ? "act" : free.length ? "watch" : "ok");
  }

  function wanted() {
    try { return localStorage.getItem(KEY) === "on"; } catch (_) { return false; }
  }
  function mark() {
    page.setAttribute("data-sound", !wanted() ? "off" : context && context.state === "running" ? "on" : "blocked");
  }
  function wake() {
    if (wanted()) {
      if (!context) {
        context = new AudioContext();
        context.onstatechange = mark;
      }
      if (context.state !== "running") { context.resume().then(mark, mark); }
    }
    mark();
  }
  function tone() {
    var from = context.currentTime + 0.05;
    NOTES.forEach(function (note) {
      var at = from + note[1];
      var voice = context.createOscillator();
      var volume = context.createGain();
      voice.frequency.value = note[0];
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUD, at + 0.04);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
      voice.connect(volume).connect(context.destination);
      voice.start(at);
      voice.stop(at + 1);
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-sound-turn]");
    if (button) {
      var turn = button.getAttribute("data-sound-turn");
      try { localStorage.setItem(KEY, turn); } catch (_) { return; }
      wake();
      if (turn === "on") { tone(); }
      return;
    }
    if (page.getAttribute("data-sound") === "blocked") { wake(); }
  });
  document.addEventListener("keydown", function () {
    if (page.getAttribute("data-sound") === "blocked") { wake(); }
  });
  window.addEventListener("storage", wake); /* turned in another tab */
  wake();

  window.tenDaysAlarms = { take: take, show: show };
})();
