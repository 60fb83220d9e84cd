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
      var layout = figure.layout || {}, kept = graph.tenDays, given = (layout.xaxis || {}).range;
      if (kept && kept.zoom && layout.uirevision !== undefined) {
        if (!same(given, kept.zoom)) { kept.given = given; }
        layout.xaxis = Object.assign({}, layout.xaxis, { range: kept.zoom.slice(), autorange: false });
      }
      var drawn = react.apply(this, arguments);
      if (!kept) { watch(graph, given); }
      return drawn;
    };
    return plotly;
  }

  var loaded;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: function () { return loaded; },
    set: function (plotly) { loaded = keepZoom(plotly); }
  });
})();
