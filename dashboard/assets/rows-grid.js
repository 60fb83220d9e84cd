/* Grids of rows: their script is loaded when the first is shown, and column definitions name the functions below.
   A value is raw in a row's data: epoch seconds, a day's ordinal, a number; how it reads is written here, as the server
   would write it (layouts/tables.py gives the signs, the zone's offsets and the addresses). */
(function () {
  "use strict";
  var SCRIPT = "/_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js";
  var CHUNK = "/_dash-component-suites/dash_ag_grid/async-community.js";
  var EPOCH_ORDINAL = 719163;
  var loading = null;

  function load() {
    if (window.dash_ag_grid) { return Promise.resolve(); }
    loading = loading || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = SCRIPT;
      script.onload = resolve;
      script.onerror = function () { loading = null; script.remove(); reject(new Error("the grid's script did not come")); };
      document.head.appendChild(script);
      document.head.appendChild(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: CHUNK }));
    });
    return loading;
  }

  /* The grid as a component, once there is what draws it; rows come as lists. */
  function draw(given) {
    if (!given) { return window.dash_clientside.no_update; }
    var words = given.grid.props.dashGridOptions.context.words;
    return load().then(function () {
      var rows = JSON.parse(given.rows).map(function (row) {
        var found = {};
        given.fields.forEach(function (field, place) {
          found[field] = given.words[field] ? given.words[field][row[place]] : row[place];
        });
        return found;
      });
      return Object.assign({}, given.grid, { props: Object.assign({}, given.grid.props, { rowData: rows }) });
    }, function () {
      return { namespace: "dash_html_components", type: "P", props: { children: words.failed, className: "problem", role: "alert" } };
    });
  }

  function two(number) { return ("0" + number).slice(-2); }

  function offset(context, moment) {
    var found = context.offsets[0][1];
    context.offsets.forEach(function (each) { if (moment >= each[0]) { found = each[1]; } });
    return found;
  }

  function dayText(context, wall) {
    return context.day.replace("dd", two(wall.getUTCDate())).replace("MM", two(wall.getUTCMonth() + 1))
      .replace("y", wall.getUTCFullYear());
  }

  function wallOf(context, moment) { return new Date((Math.floor(moment) + offset(context, moment)) * 1000); }

  /* The same wall-clock time in the browser's own zone: the grid's filter of dates compares such. */
  function asOwn(wall) {
    return new Date(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(),
      wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds());
  }

  function moment(params) {
    if (params.value === null || params.value === undefined) { return "—"; }
    var context = params.context, wall = wallOf(context, params.value);
    var time = two(wall.getUTCHours()) + ":" + two(wall.getUTCMinutes()) + ":" + two(wall.getUTCSeconds());
    var day = dayText(context, wall);
    return day === dayText(context, wallOf(context, context.now)) ? time : day + " " + time.slice(0, 5);
  }

  function dayWall(ordinal) { return new Date((ordinal - EPOCH_ORDINAL) * 86400000); }

  function day(params) {
    return params.value === null || params.value === undefined ? "—" : dayText(params.context, dayWall(params.value));
  }

  function value(params) { return params.data ? params.data[params.colDef.field] : null; }

  function momentDate(params) {
    var raw = value(params);
    return raw === null || raw === undefined ? null : asOwn(wallOf(params.context, raw));
  }

  function dayDate(params) {
    var raw = value(params);
    return raw === null || raw === undefined ? null : asOwn(dayWall(raw));
  }

  function number(params, digits) {
    if (params.value === null || params.value === undefined) { return "—"; }
    var parts = Math.abs(params.value).toFixed(digits).split(".");
    var text = parts[0].replace(/\B(?=(\d{3})+$)/g, params.context.group) + (digits ? params.context.decimal + parts[1] : "");
    return params.value < 0 && Number(params.value.toFixed(digits)) !== 0 ? "−" + text : text;
  }

  /* What is not known stands last, whichever way a column is sorted. */
  function compare(one, other, oneNode, otherNode, isDescending) {
    var last = isDescending ? -1 : 1;
    if (one === null || one === undefined) { return other === null || other === undefined ? 0 : last; }
    if (other === null || other === undefined) { return -last; }
    return typeof one === "string" ? one.localeCompare(other, document.documentElement.lang) : one - other;
  }

  function filled(template, values) {
    return template.replace(/%7B(\w+)%7D/g, function (_, name) { return encodeURIComponent(values[name]); });
  }

  /* Where a cell leads; null for one that leads nowhere. */
  function address(params) {
    var data = params.data, kind = params.colDef.field, template = params.context.links[kind];
    var text = data && data[kind];
    if (!template || !text || (kind !== "document" && !data._centre)) { return null; }
    if ((kind === "branch" || kind === "ticket") && !data._branch) { return null; }
    var found = filled(template, { centre: data._centre, branch: data._branch, ticket: text, document: text });
    return kind === "ticket" && data._issued ? found + "&issued=" + data._issued.toFixed(3) : found;
  }

  /* As a link of Dash's own: no new document, Back works. */
  function follow(href) {
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function Link(props) {
    var href = address(props);
    if (!href) { return props.value || "—"; }
    return window.React.createElement("a", {
      href: href,
      tabIndex: -1,
      onClick: function (event) {
        if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
        event.preventDefault();
        follow(href);
      }
    }, props.value);
  }

  function key(params) {
    var href = params.event && params.event.key === "Enter" && address(params);
    if (href) { follow(href); }
  }

  /* A filter by the values that a column has: a box for each. The model is the list of those chosen; null is all. */
  function Choose(props) {
    var create = window.React.createElement, words = props.context.words, field = props.colDef.field;
    var found = {};
    props.api.forEachNode(function (node) { found[node.data[field] === null ? "" : node.data[field]] = true; });
    var values = Object.keys(found).sort(function (one, other) { return one.localeCompare(other, document.documentElement.lang); });
    var chosen = props.model || values;
    function change(next) { props.onModelChange(next.length === values.length ? null : next); }
    function box(text, checked, onChange, key) {
      return create("label", { key: key }, create("input", { type: "checkbox", checked: checked, onChange: onChange }), create("span", null, text));
    }
    var boxes = values.map(function (each) {
      var isChosen = chosen.indexOf(each) >= 0;
      return box(each || words.unknown, isChosen, function () {
        change(isChosen ? chosen.filter(function (other) { return other !== each; }) : chosen.concat(each));
      }, "of " + each);
    });
    var isAll = chosen.length === values.length;
    return create("div", { className: "rows-choose" }, box(words.all, isAll, function () { change(isAll ? [] : values); }, "all"), boxes);
  }

  function isChosen(params) {
    var raw = params.data[params.handlerParams.colDef.field];
    return !params.model || params.model.indexOf(raw === null ? "" : raw) >= 0;
  }

  /* How many rows are shown, of how many. */
  function count(params) {
    var place = document.querySelector("[data-part=rows-count]");
    if (!place || !params.api || params.api.isDestroyed()) { return; }
    var context = { context: params.api.getGridOption("context") };
    function text(value) { return number({ value: value, context: context.context }, 0); }
    var shown = params.api.getDisplayedRowCount(), all = context.context.count; /* more than there are here, of many */
    place.textContent = context.context.words.shown.replace("{n}", text(shown)).replace("{all}", text(all));
    place.setAttribute("data-shown", shown);
    place.setAttribute("data-all", all);
  }

  var functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.tdMoment = moment;
  functions.tdMomentDate = momentDate;
  functions.tdDay = day;
  functions.tdDayDate = dayDate;
  functions.tdNumber = number;
  functions.tdCompare = compare;
  functions.tdIsChosen = isChosen;
  functions.tdCount = count;
  functions.tdKey = key;
  var components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  components.TdLink = Link;
  components.TdSet = Choose;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenDaysRows = { draw: draw };
})();
