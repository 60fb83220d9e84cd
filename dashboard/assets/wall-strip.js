/* The strip of alarms: the server drew its places; here they are filled, and as many shown as one line holds. */
(function () {
  "use strict";

  function create(root, words) {
    const part = (name) => root.querySelector('[data-part="' + name + '"]');
    const strip = part("strip");
    const list = part("strip-list");
    const places = Array.from(root.querySelectorAll('[data-part="strip-place"]'));
    let measured = "";
    let shown = 0;

    function set(element, text) {
      if (element.textContent !== text) element.textContent = text;
    }
    /* How many places fit is measured only when that may have changed: fonts come later, windows change. */
    function draw(board, at, now) {
      const said = words.strip(board, at, now, places.length);
      const key = JSON.stringify([said, strip.clientWidth, document.fonts.status]);
      const isOther = key !== measured;
      measured = key;
      if (isOther) shown = said.places.length;
      strip.setAttribute("data-strip", said.state);
      set(part("strip-said"), said.said);
      part("strip-said").hidden = !said.said;
      list.hidden = !said.places.length;
      places.forEach((place, number) => fill(place, said.places[number], number < shown));
      set(part("strip-more"), words.more(said, shown));
      if (isOther) fit(said);
    }
    function fill(place, said, isShown) {
      place.hidden = !isShown;
      if (!said) return;
      place.setAttribute("data-mark", said.mark);
      set(place.querySelector('[data-part="strip-where"]'), said.where);
      set(place.querySelector('[data-part="strip-what"]'), said.what);
    }
    function fit(said) {
      while (shown > 1 && list.scrollWidth > list.clientWidth) {
        shown -= 1;
        places[shown].hidden = true;
        set(part("strip-more"), words.more(said, shown));
      }
    }
    return { draw };
  }

  window.tenDays = Object.assign(window.tenDays || {}, { createStrip: create });
})();
