// The installed product: one worker for all pages of somebody who is logged in, a word when a new version is ready, and
// the browser's own offer to install. Before that: what somebody wrote when a login had ended.
(() => {
  "use strict";
  const words = document.currentScript.dataset;

  // What was sent and did not arrive, because a login had ended or something went wrong, is in its form again when one
  // comes back to it: kept by this tab alone, for the same person, for an hour, until the next page that is not the way.
  const UNSENT = "unsent";
  const here = location.pathname + location.search;
  const lines = (form) => [...form.querySelectorAll("textarea[name], input[type=text][name], input:not([type])[name]")];
  const bring = (held) => {
    const mine = held.person === words.person && Date.now() - held.at < 60 * 60 * 1000;
    const arrived = document.referrer === location.origin + held.page; // it was taken, and leads to the same page
    if (!mine || arrived || held.page !== here) return;
    const form = [...document.querySelectorAll("main form")].find((one) => one.action === held.action);
    const empty = form ? lines(form).filter((line) => !line.value && held.texts[line.name]) : [];
    for (const line of empty) line.value = held.texts[line.name];
    if (!empty.length) return;
    const said = document.createElement("p");
    said.className = "ds-alert";
    said.dataset.color = "info";
    said.setAttribute("role", "status");
    said.textContent = words.unsent;
    form.prepend(said);
  };
  try {
    const held = JSON.parse(sessionStorage.getItem(UNSENT) || "null");
    if (held && !location.pathname.startsWith("/account/") && !document.querySelector("[data-error]")) {
      sessionStorage.removeItem(UNSENT);
      bring(held);
    }
    document.addEventListener("submit", ({ target: form, defaultPrevented }) => {
      if (defaultPrevented || form.method !== "post" || !form.querySelector("main textarea")) return;
      const texts = Object.fromEntries(lines(form).map((line) => [line.name, line.value]));
      const held = { person: words.person, texts, page: here, action: form.action, at: Date.now() };
      sessionStorage.setItem(UNSENT, JSON.stringify(held));
    });
  } catch {
    // a browser that keeps nothing
  }

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
