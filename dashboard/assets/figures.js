/* What Plotly and Dash do not do by themselves for figures on a page that is read on a phone and redrawn each minute. */
(function () {
  "use strict";

  /* A finger that moves over a figure scrolls the page: Plotly would take it for a zoom. A tap still shows what is
     there, by the mouse events that the browser makes of it. */
  document.addEventListener("touchstart", function (event) {
    if (event.target.closest && event.target.closest(".figure .draglayer")) { event.stopPropagation(); }
  }, { capture: true, passive: true });

  /* What a viewer zoomed to is kept when the figure is drawn anew. Plotly would do so by `uirevision`, but Dash (4.4)
     writes the zoom into its own figure, after which Plotly takes it for the page's and gives it up for the next one. */
  function watch(graph, given) {
    graph.tenDays = { given: given, zoom: null };
    graph.on("plotly_relayout", function (change) {
      var range = change["xaxis.range"] || [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (range[0] !== undefined) { graph.tenDays.zoom = same(range, graph.tenDays.given) ? null : range.slice(); }
      else if (change["xaxis.autorange"]) { graph.tenDays.zoom = null; }
    });
  }

  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

  function keepZoom(plotly) {
    var react = plotly.react;
    plotly.react = function (graph, figure) {
      var given = this;
      return turn(graph).then(function () { return graph.isConnected ? draw(given, react, graph, figure) : graph; });
    };
    var resize = plotly.Plots.resize;
    plotly.Plots.resize = function (graph) { return fits(graph) ? Promise.resolve(graph) : resize.apply(this, arguments); };
    return plotly;
  }

  function draw(plotly, react, graph, figure) {
    var layout = figure.layout || {}, kept = graph.tenDays, given = (layout.xaxis || {}).range;
    if (kept && kept.zoom && layout.uirevision !== undefined) {
      if (!same(given, kept.zoom)) { kept.given = given; }
      layout.xaxis = Object.assign({}, layout.xaxis, { range: kept.zoom.slice(), autorange: false });
    }
    var drawn = react.call(plotly, graph, figure);
    if (!kept) { watch(graph, given); }
    return drawn;
  }

  /* Dash has each figure drawn a second time, for its size, when it has just been drawn in it. */
  function fits(graph) {
    var shown = graph._fullLayout;
    return Boolean(shown) && Math.abs(shown.width - graph.clientWidth) < 1 && Math.abs(shown.height - graph.clientHeight) < 1;
  }

  /* One figure a task, what is in view first: a page of many answers to a click, and shows its numbers, meanwhile. */
  var waiting = [], isDrawing = false;

  function turn(graph) {
    return new Promise(function (resolve) {
      waiting.push({ graph: graph, resolve: resolve });
      if (!isDrawing) { isDrawing = true; soon(next); }
    });
  }

  function next() {
    var inView = waiting.findIndex(function (each) { return isInView(each.graph); });
    waiting.splice(Math.max(inView, 0), 1)[0].resolve();
    isDrawing = waiting.length > 0;
    if (isDrawing) { soon(next); }
  }

  /* When what stands on the page has been painted; a page that nobody sees paints nothing. */
  function soon(run) {
    if (document.hidden) { setTimeout(run); } else { requestAnimationFrame(function () { setTimeout(run); }); }
  }

  function isInView(graph) {
    var place = graph.getBoundingClientRect();
    return place.bottom > 0 && place.top < window.innerHeight;
  }

  /* plotly.js takes a quarter of a second to read. A page with figures does that while the server makes the page;
     Dash would begin when the figures have come. */
  document.addEventListener("DOMContentLoaded", function () {
    var later = document.querySelector('link[rel="prefetch"][as="script"]');
    if (later) { setTimeout(load, 60, later.href); }
  });

  function load(address) {
    if (loaded) { return; }
    var script = document.createElement("script");
    script.src = address;
    document.head.appendChild(script);
  }

  var loaded;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: function () { return loaded; },
    set: function (plotly) { loaded = keepZoom(plotly); }
  });
})();
