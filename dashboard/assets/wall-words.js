/* The wall's words, filled in the browser exactly as layouts/words.py fills them on the server. */
(function () {
  "use strict";
  const METRICS = { queue: "waiting", load: "occupancy", turnover: "rate_12m", sla: "overdue" };
  const UNKNOWN = "—";

  function fill(template, values) {
    return template.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
  }

  function create(config) {
    const { words, plurals, patterns, norms } = config;

    function number(value) {
      if (value === null || value === undefined) return UNKNOWN;
      const digits = String(Math.floor(Math.abs(value) + 0.5));
      const grouped = digits.replace(/\B(?=(\d{3})+(?!\d))/g, patterns.group);
      return value < 0 && digits !== "0" ? "−" + grouped : grouped;
    }
    /* As it is set in large type: four digits stand without a separator. */
    function figure(value) {
      const text = number(value);
      const plain = text.split(patterns.group).join("");
      return plain.length <= 4 ? plain : text;
    }
    function percent(share) {
      return share === null || share === undefined ? UNKNOWN : patterns.percent.replace("{}", number(share * 100));
    }
    function plural(key, count) {
      const n = Math.floor(count);
      const index = Number(patterns.plurals[n < 200 ? n : 100 + (n % 100)]);
      return fill(plurals[key][index], { n: number(count) });
    }
    function duration(seconds) {
      const minutes = Math.max(0, Math.floor(seconds / 60));
      if (minutes < 100) return fill(words["unit.min"], { n: number(minutes) });
      if (minutes < 48 * 60) return fill(words["unit.h"], { n: number(Math.floor(minutes / 60)) });
      return fill(words["unit.d"], { n: number(Math.floor(minutes / 1440)) });
    }
    /* A Date whose UTC members are the network's wall clock. */
    function local(epoch) {
      let offset = config.offsets[0][1];
      for (const [from, seconds] of config.offsets) if (from <= epoch) offset = seconds;
      return new Date((epoch + offset) * 1000);
    }
    function time(epoch) {
      return local(epoch).toISOString().slice(11, 16);
    }
    function hour(epoch) {
      return local(epoch).getUTCHours();
    }
    function date(at) {
      return fill(words.date, { day: at.getUTCDate(), month: patterns.months[at.getUTCMonth()] });
    }
    function longDate(epoch) {
      const at = local(epoch);
      return fill(words["date.long"], { weekday: patterns.weekdays[(at.getUTCDay() + 6) % 7], date: date(at) });
    }
    function seconds(text) {
      return Date.parse(text) / 1000;
    }
    function when(text, now) {
      if (text === null || text === undefined) return UNKNOWN;
      const at = seconds(text);
      const today = local(now).toISOString().slice(0, 10) === local(at).toISOString().slice(0, 10);
      return today ? time(at) : date(local(at));
    }
    function numberText(group, value) {
      if (value === null || value === undefined) return UNKNOWN;
      return figure(group === "load" || group === "turnover" ? value * 100 : value);
    }
    /* layouts/tiles.py: crowd_mark */
    function crowd(centre) {
      const lengths = Object.keys(METRICS).map((group) => numberText(group, centre[group][METRICS[group]]).length);
      if (Math.max(...lengths) < 4) return "0";
      return lengths.reduce((sum, each) => sum + each) <= 13 ? "1" : "2";
    }
    function unitText(group, value) {
      const known = value !== null && value !== undefined;
      return known && (group === "load" || group === "turnover") ? "%" : "";
    }
    function normText(group, centre) {
      if (group === "queue") {
        const wait = centre.queue.longest_wait_s;
        const norm = number(norms.wait_s / 60);
        if (wait === null || wait === undefined) return fill(words["norm.queue"], { norm });
        return fill(words["norm.queue.wait"], { wait: number(Math.floor(wait / 60)), norm });
      }
      if (group === "sla") return fill(words["norm.sla"], { norm: number(norms.overdue) });
      return fill(words["norm." + group], { norm: percent(group === "load" ? norms.occupancy : norms.turnover) });
    }
    function stateText(centre, now) {
      const { state, as_of: asOf } = centre;
      if (state === "planned") {
        if (!centre.opens) return words["state.planned.undated"];
        return fill(words["state.planned"], { date: date(new Date(centre.opens + "T00:00:00Z")) });
      }
      if (state === "live") return words["state.live"];
      if (!asOf) return words[state === "closed" ? "state.closed.never" : "state.silent.never"];
      return fill(words["state." + state], { when: when(asOf, now), age: duration(now - seconds(asOf)) });
    }
    function levelText(centre) {
      return words["level." + (centre.state === "planned" ? "planned" : centre.level)];
    }
    function what(line) {
      if (line.kind === "no_window" || line.kind === "overdue") return plural("act." + line.kind, line.value);
      if (line.kind === "long_wait") {
        return fill(words["act.long_wait"], { wait: duration(line.value), norm: number(norms.wait_s / 60) });
      }
      const norm = line.kind === "overloaded" ? norms.occupancy : norms.turnover;
      return fill(words["act." + line.kind], { share: percent(line.value), norm: percent(norm) });
    }
    function actText(line, now) {
      const centre = config.centres[line.centre] || { name: line.centre, branches: {} };
      let where = centre.name;
      if (line.branch) {
        where = fill(words["act.place"], { centre: where, branch: centre.branches[line.branch] || line.branch });
      }
      let todo = words["do." + line.kind];
      if (line.kind === "overdue" && line.agency) {
        todo = fill(words["do.overdue.agency"], { agency: config.agencies[line.agency] || line.agency });
      }
      const since = line.since ? fill(words["act.since"], { when: when(line.since, now) }) : "";
      return { where, what: what(line), since, do: todo };
    }
    /* layouts/strip.py: texts. ``at`` is the moment of the picture: who hears nothing must not say that nobody watches. */
    function strip(board, at, now, most) {
      if (!board || at - seconds(board.at) > config.watched_s) return { state: "off", said: words["strip.off"], places: [], total: 0 };
      const standing = board.centres.map((centre) => [centre.id, centre.alarms.filter((alarm) => alarm.state !== "recovering")]);
      const centres = standing.filter(([, alarms]) => alarms.length).slice(0, most);
      if (!centres.length) return { state: "none", said: words["strip.none"], places: [], total: 0 };
      const places = centres.map(([id, alarms]) => placeText(board, id, alarms[0], now));
      return { state: "some", said: "", places, total: standing.reduce((sum, [, alarms]) => sum + alarms.length, 0) };
    }
    function placeText(board, id, alarm, now) {
      const what = board.rules[alarm.rule][config.language];
      const since = fill(words["act.since"], { when: when(alarm.since, now) });
      const isTaken = alarm.state === "acknowledged";
      const said = fill(words[isTaken ? "strip.taken" : "strip.one"], { what, since });
      return { where: placeName(id, alarm.branch), what: said, mark: isTaken ? "taken" : alarm.severity };
    }
    function placeName(id, branch) {
      if (!id) return config.network;
      const centre = config.centres[id] || { name: id, branches: {} };
      if (!branch || Object.keys(centre.branches).length < 2) return centre.name;
      return fill(words["act.place"], { centre: centre.name, branch: centre.branches[branch] || branch });
    }
    function more(said, shown) {
      return said.total > shown ? plural("strip.more", said.total - shown) : "";
    }
    function totals(of) {
      return {
        "total-waiting": number(of.queue.waiting),
        "total-operating": number(of.centres.operating),
        "total-planned": of.centres.planned ? fill(words["total.planned"], { n: number(of.centres.planned) }) : "",
        "total-act": number(of.centres.act),
        "total-watch": number(of.centres.watch),
        "total-ok": number(of.centres.ok),
        "total-overdue": number(of.sla.overdue),
        "total-offered": number(of.services.offered),
        "total-promised": fill(words["total.of"], { n: number(of.services.promised) }),
        "total-refused": number(of.refused_today),
        freshness: of.centres.silent ? plural("live.silent", of.centres.silent) : words["live.live"],
      };
    }
    function alarm(live, at, now) {
      if (live === "live") return "";
      if (!at) return words["live.none"];
      return fill(words["live." + live], { when: when(at, now) });
    }
    return { time, hour, longDate, numberText, crowd, unitText, normText, stateText, levelText, actText, strip, more, totals, alarm };
  }

  window.tenDays = Object.assign(window.tenDays || {}, { METRICS, createWords: create });
})();
