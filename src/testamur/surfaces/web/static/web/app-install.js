// The installed product: one worker for all pages of somebody who is logged in, a word when a new version is ready, and
// the browser's own offer to install.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  let reloads = false;
  const offer = (waiting) => {
    if (!navigator.serviceWorker.controller || document.querySelector("[data-update]")) return;
    const line = document.createElement("p");
    line.className = "ds-alert";
    line.dataset.color = "info";
    line.dataset.update = "";
    line.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset.variant = "tertiary";
    button.textContent = words.reload;
    button.addEventListener("click", () => {
      reloads = true;
      waiting.postMessage("update");
    });
    line.append(`${words.update} `, button);
    document.getElementById("main").prepend(line);
  };
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (reloads) location.reload();
  });
  navigator.serviceWorker.register(words.worker, { scope: "/" }).then(
    (found) => {
      if (found.waiting) offer(found.waiting);
      found.addEventListener("updatefound", () => {
        const coming = found.installing;
        coming.addEventListener("statechange", () => {
          if (coming.state === "installed") offer(coming);
        });
      });
    },
    () => {},
  );

  const place = document.querySelector("[data-install]");
  window.addEventListener("beforeinstallprompt", (event) => {
    if (!place) return;
    event.preventDefault();
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => event.prompt(), { once: true });
  });
})();
