/* A screen that waits to be paired: nobody sits before it, so it asks until it is let in, through anything. */
(function () {
  "use strict";
  const EVERY_MS = 3000;

  function ask() {
    fetch("/screen/state", { cache: "no-store" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((said) => {
        if (said && said.state === "paired") return location.replace("/wall");
        if (said && said.state === "expired") return location.reload();
        setTimeout(ask, EVERY_MS);
      })
      .catch(() => setTimeout(ask, EVERY_MS));
  }

  setTimeout(ask, EVERY_MS);
})();
