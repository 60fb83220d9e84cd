/* The wall in the past: one moment at a time is asked from the server and drawn in its place; a day can be played.
   Loaded only where an address says ?at=. Times here are minutes of the network's wall clock since 1970. */
(function () {
  "use strict";
  const STEP = 5;
  const HOUR = 60;
  const DAY = 1440;
  const FRAME = 10; /* a day of 144 frames in a minute */
  const FRAME_MS = 60000 / (DAY / FRAME);
  const KEYS = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -DAY, PageDown: DAY };

  const minutesOf = (text) => Date.parse(text.slice(0, 16) + "Z") / 60000;
  const textOf = (minutes) => new Date(minutes * 60000).toISOString().slice(0, 16);
  const midnight = (minutes) => Math.floor(minutes / DAY) * DAY;
  const clockOf = (minutes) => textOf(minutes).slice(11);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  }

  function show(root, config) {
    const words = window.tenDays.createWords(config);
    const draw = window.tenDays.createDrawing(root, config, words);
    const said = config.past.words;
    const begun = performance.now();
    const band = root.querySelector('[data-part="band"]');
    const first = minutesOf(config.past.first);
    let shown = minutesOf(config.past.at); /* what stands on the screen */
    let wanted = shown; /* what the control points at */
    let asking = false;
    let playing = false;
    let runs = 0;

    function last() {
      const now = config.now + (performance.now() - begun) / 1000;
      return Math.floor((now + config.past.offset) / 60 / STEP) * STEP;
    }
    const clamp = (minutes) => Math.min(last(), Math.max(first, minutes));
    const endOfDay = (minutes) => Math.min(last(), midnight(minutes) + DAY - STEP);

    /* the control */
    const day = make("input", { type: "date", "aria-label": said.day, min: textOf(first).slice(0, 10) });
    const dayText = make("span", {});
    const slider = make("input", { type: "range", min: 0, max: DAY - STEP, step: STEP, "aria-label": said.time });
    const clock = make("output", { class: "time-wanted" });
    const playButton = make("button", { type: "button", class: "time-play" });
    const problem = make("p", { class: "time-problem", role: "alert" });
    const stepButton = (minutes, label, sign) => {
      const button = make("button", { type: "button", "data-step": minutes, "aria-label": label, title: label }, sign);
      button.addEventListener("click", () => go(wanted + minutes));
      return button;
    };
    const control = root.querySelector('[data-part="time-control"]');
    control.setAttribute("role", "group");
    control.setAttribute("aria-label", said.control);
    control.replaceChildren(
      make("div", { class: "time-row" },
        stepButton(-DAY, said.day_back, "«"), make("label", { class: "time-day" }, dayText, day),
        stepButton(DAY, said.day_on, "»"), problem, playButton),
      make("div", { class: "time-row" },
        stepButton(-STEP, said.step_back, "‹"), slider, stepButton(STEP, said.step_on, "›"), clock),
    );
    slider.addEventListener("input", () => go(midnight(wanted) + Number(slider.value)));
    day.addEventListener("change", () => {
      if (day.value) go(minutesOf(day.value + "T00:00") + (wanted - midnight(wanted)));
    });
    day.addEventListener("click", () => day.showPicker());
    playButton.addEventListener("click", toggle);

    /* The browser would write a date as its own language does. */
    function dateOf(minutes) {
      const date = new Date(minutes * 60000);
      const text = config.words.date.replace("{day}", date.getUTCDate()).replace("{month}", config.patterns.months[date.getUTCMonth()]);
      return textOf(minutes).slice(0, 4) === textOf(last()).slice(0, 4) ? text : text + " " + date.getUTCFullYear();
    }
    function point() {
      const ofDay = wanted - midnight(wanted);
      slider.value = String(ofDay);
      slider.setAttribute("aria-valuetext", clockOf(wanted));
      clock.textContent = clockOf(wanted);
      dayText.textContent = dateOf(wanted);
      day.value = textOf(wanted).slice(0, 10);
      day.max = textOf(last()).slice(0, 10);
    }
    function mark() {
      playButton.textContent = playing ? "❚❚" : "▶";
      playButton.setAttribute("aria-label", playing ? said.pause : said.play);
      playButton.title = playing ? said.pause : said.play;
      root.toggleAttribute("data-playing", playing);
      band.setAttribute("aria-live", playing ? "off" : "polite");
    }

    /* asking and drawing */
    function ask(minutes) {
      return fetch(config.urls.snapshot + "?at=" + textOf(minutes), { cache: "no-store" }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      });
    }
    function paint(whole, minutes) {
      const at = Date.parse(whole.at) / 1000;
      for (const centre of whole.centres) draw.drawTile(centre, at, false);
      draw.drawTotals(whole.totals);
      draw.drawAct(whole.act, at);
      draw.drawVersion(whole.version);
      root.setAttribute("data-at", whole.at);
      band.textContent = said.band.replace("{date}", words.longDate(at)).replace("{time}", words.time(at));
      problem.textContent = "";
      shown = minutes;
      keepAddress();
    }
    function keepAddress() {
      const text = textOf(shown);
      const withMoment = (address) => {
        address.searchParams.set("at", text);
        return address.search.replace(/%3A/g, ":");
      };
      history.replaceState(history.state, "", location.pathname + withMoment(new URL(location.href)));
      for (const link of root.querySelectorAll('a[href^="/centre/"], .band-ways a[href*="at="]')) {
        const to = new URL(link.href);
        link.setAttribute("href", to.pathname + withMoment(to));
      }
    }
    function fail() {
      playing = false;
      problem.textContent = said.failed;
      mark();
    }
    /* One question at a time; while it is out the control may move on, and only where it stops is asked next. */
    async function follow() {
      if (asking) return;
      asking = true;
      try {
        while (wanted !== shown && isThere()) {
          const minutes = wanted;
          paint(await ask(minutes), minutes);
        }
      } catch (error) {
        wanted = shown;
        point();
        fail();
      } finally {
        asking = false;
      }
    }
    function go(minutes) {
      playing = false;
      wanted = clamp(Math.round(minutes / STEP) * STEP);
      point();
      mark();
      follow();
    }

    function toggle() {
      playing = !playing;
      mark();
      if (playing) play();
    }
    /* From where the wall stands to the end of its day; from the end, the day again. */
    async function play() {
      const run = ++runs;
      const end = endOfDay(shown);
      let at = shown < end ? Math.min(shown + FRAME, end) : clamp(midnight(shown) + config.past.opens);
      let answer = ask(at);
      let due = performance.now() + FRAME_MS;
      try {
        for (;;) {
          const whole = await answer;
          await wait(due - performance.now());
          if (!playing || run !== runs || !isThere()) return;
          due = performance.now() + FRAME_MS;
          const following = Math.min(at + FRAME, end);
          if (following > at) answer = ask(following);
          wanted = at;
          point();
          paint(whole, at);
          if (following === at) break;
          at = following;
        }
        playing = false;
        mark();
      } catch (error) {
        if (run === runs) fail();
      }
    }

    function onKey(event) {
      if (!isThere()) return stop();
      const field = event.target.closest && event.target.closest("input, button, a");
      if (event.altKey || event.ctrlKey || event.metaKey || (field && !(field === slider && event.key === " "))) return;
      if (event.key === " ") toggle();
      else if (event.key in KEYS) go(wanted + (event.shiftKey ? Math.sign(KEYS[event.key]) * HOUR : KEYS[event.key]));
      else return;
      event.preventDefault();
    }
    const isThere = () => document.body.contains(root);
    function stop() {
      playing = false;
      document.removeEventListener("keydown", onKey);
    }

    document.addEventListener("keydown", onKey);
    const at = Date.parse(config.snapshot.at) / 1000;
    for (const centre of config.snapshot.centres) draw.drawTile(centre, at, false);
    point();
    mark();
    if (new URL(location.href).searchParams.get("at") === "now") keepAddress();
    return { stop };
  }

  window.tenDays = Object.assign(window.tenDays || {}, { showPast: show });
})();
