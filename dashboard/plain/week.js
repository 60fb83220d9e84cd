/* The weekly deck: one slide at a time, by keys, by touch, by its place in the address; a second window in step. */
(function () {
  "use strict";
  var body = document.body, slides = Array.from(document.querySelectorAll(".slide")), here = 0, began = null, pointer = null;
  var isPresenter = body.dataset.view === "presenter";
  var channel = "BroadcastChannel" in window ? new BroadcastChannel("tendays-week-" + body.dataset.week) : null;
  var el = function (id) { return document.getElementById(id); };
  body.classList.add("scripted");

  function show(place, from) {
    here = Math.max(0, Math.min(slides.length - 1, place));
    slides.forEach(function (slide, n) { slide.classList.toggle("shown", n === here); });
    if (location.hash !== "#" + slides[here].id) history.replaceState(null, "", "#" + slides[here].id);
    el("place").value = here + 1 + " / " + slides.length;
    if (isPresenter) note();
    if (from !== "other") tell({ slide: slides[here].id });
  }
  function tell(what) { if (channel) channel.postMessage(what); }
  function ofHash() {
    var found = slides.findIndex(function (slide) { return "#" + slide.id === decodeURIComponent(location.hash); });
    return found < 0 ? 0 : found;
  }
  function note() {
    el("notes").innerHTML = slides[here].querySelector(".notes").innerHTML;
    el("next").textContent = here + 1 < slides.length ? slides[here + 1].getAttribute("aria-label") : "—";
    var upto = slides.slice(0, here + 1).reduce(function (sum, slide) { return sum + Number(slide.dataset.minutes); }, 0);
    var whole = slides.reduce(function (sum, slide) { return sum + Number(slide.dataset.minutes); }, 0);
    el("planned").textContent = upto + " / " + whole;
    tick();
  }
  function tick() {
    var now = new Date(), spent = began === null ? 0 : Math.floor((Date.now() - began) / 1000);
    el("clock").textContent = now.toTimeString().slice(0, 5);
    el("spent").textContent = Math.floor(spent / 60) + ":" + String(spent % 60).padStart(2, "0");
    el("spent").classList.toggle("late", spent / 60 > parseInt(el("planned").textContent, 10));
  }
  function point(x, y) {
    if (!pointer) return;
    var box = slides[here].getBoundingClientRect();
    pointer.style.left = box.left + x * box.width + "px"; pointer.style.top = box.top + y * box.height + "px";
  }
  function setPointer(on, from) {
    if (pointer && !on) { pointer.remove(); pointer = null; }
    if (!pointer && on) { pointer = document.createElement("div"); pointer.id = "pointer"; body.appendChild(pointer); point(0.5, 0.5); }
    body.classList.toggle("pointing", on);
    document.querySelector('[data-do="pointer"]').setAttribute("aria-pressed", String(on));
    if (from !== "other") tell({ pointer: on });
  }
  var does = {
    previous: function () { show(here - 1); },
    following: function () { began = began === null ? Date.now() : began; show(here + 1); },
    first: function () { show(0); },
    last: function () { show(slides.length - 1); },
    screen: function () { if (document.fullscreenElement) document.exitFullscreen(); else if (body.requestFullscreen) body.requestFullscreen(); },
    presenter: function () { window.open("?view=presenter#" + slides[here].id, "tendays-presenter", "width=1280,height=760"); },
    pointer: function () { setPointer(!pointer); },
    print: function () { window.print(); },
    dismiss: function () { document.querySelectorAll("dialog[open]").forEach(function (each) { each.close(); }); },
    decide: function () {
      var dialog = el("decide"), of = slides[here].id;
      if (!dialog) return;
      if (dialog.querySelector('option[value="' + CSS.escape(of) + '"]')) dialog.querySelector('[name="centre"]').value = of;
      dialog.showModal();
    },
    "close-week": function () { if (el("close-week")) el("close-week").showModal(); },
  };
  var keys = {
    ArrowRight: "following", ArrowDown: "following", PageDown: "following", " ": "following", Enter: "following",
    ArrowLeft: "previous", ArrowUp: "previous", PageUp: "previous", Backspace: "previous", Home: "first", End: "last",
    f: "screen", а: "screen", l: "pointer", д: "pointer", p: "presenter", з: "presenter", d: "decide", в: "decide",
  }; /* letters also where they stand on a Russian or Kazakh keyboard */

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    var onControl = event.target.closest && event.target.closest("a, button, input, select, textarea");
    var what = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!what || (onControl && (event.key === " " || event.key === "Enter"))) return;
    event.preventDefault();
    does[what]();
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-do]");
    if (button) does[button.dataset.do]();
  });
  var touch = null;
  el("stage").addEventListener("touchstart", function (event) { touch = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  el("stage").addEventListener("touchend", function (event) {
    var end = event.changedTouches[0];
    if (!touch || Math.abs(end.clientX - touch.clientX) < 50 || Math.abs(end.clientY - touch.clientY) > 80) return;
    if (end.clientX < touch.clientX) does.following(); else does.previous();
  }, { passive: true });
  document.addEventListener("mousemove", function (event) {
    if (!pointer) return;
    var box = slides[here].getBoundingClientRect(), x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    point(x, y); tell({ x: x, y: y });
  });
  window.addEventListener("hashchange", function () { show(ofHash()); });
  if (channel) channel.onmessage = function (message) {
    var said = message.data;
    if (said.hello) tell({ slide: slides[here].id });
    else if (said.changed) location.reload();
    else if (said.slide !== undefined) {
      var found = slides.findIndex(function (slide) { return slide.id === said.slide; });
      if (began === null && found !== here) began = Date.now();
      if (found >= 0) show(found, "other");
    } else if (said.pointer !== undefined) setPointer(said.pointer, "other");
    else if (said.x !== undefined) point(said.x, said.y);
  };
  /* a form that was not accepted stands open again, with what was typed */
  var problem = document.querySelector('.said[role="alert"]'), done = document.querySelector('.said[role="status"]');
  show(ofHash(), "other");
  if (problem && body.dataset.form && el(body.dataset.form)) el(body.dataset.form).showModal();
  if (done) tell({ changed: true });
  if (isPresenter) { tell({ hello: true }); setInterval(tick, 1000); }
})();
