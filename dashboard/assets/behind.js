/* The panel behind a number: it has the focus when it opens, Escape closes it, the number that opened it has the focus
   again when it is closed; it can be made wide. */
(function () {
  "use strict";
  var RETURN_MS = 3000;
  var open = null;

  function panel() { return document.getElementById("panel"); }

  function look() {
    var shown = panel();
    var number = shown ? shown.getAttribute("data-number") : null;
    if (number === open) { return; }
    var closed = number ? null : open;
    open = number;
    if (shown) { shown.focus({ preventScroll: window.innerWidth > 1100 }); }
    if (closed) { goBack(closed, Date.now()); }
  }

  /* The page is drawn anew when the panel closes: its number may not be there yet. */
  function goBack(number, since) {
    if (panel() || Date.now() - since > RETURN_MS) { return; }
    var links = Array.prototype.slice.call(document.querySelectorAll("a.number-link"));
    var link = links.find(function (each) { return new URL(each.href).searchParams.get("number") === number; });
    if (!link) { setTimeout(function () { goBack(number, since); }, 100); return; }
    if (document.activeElement === document.body || !document.activeElement) { link.focus({ preventScroll: true }); }
  }

  document.addEventListener("keydown", function (event) {
    var shown = panel();
    if (event.key !== "Escape" || event.defaultPrevented || !shown) { return; }
    if (document.querySelector(".ag-popup .ag-menu, .ag-popup .ag-filter-menu, .ag-popup-child")) { return; }
    var close = shown.querySelector(".panel-close");
    if (close) { close.click(); }
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-part=panel-wide]");
    if (!button) { return; }
    var wide = panel().classList.toggle("wide");
    button.setAttribute("aria-pressed", String(wide));
    window.dispatchEvent(new Event("resize"));
  });

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
