// Small comforts of the family's pages; each page works without them: printing, and reading without a connection what
// was read before (only where this device was told to keep it, or the product was installed).
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const { worker, kept, offline } = words;
  const root = document.documentElement;
  const KEPT = "family";
  const store = (name) => {
    try {
      return window[name];
    } catch {
      return null; // a browser that keeps nothing
    }
  };
  const local = store("localStorage");
  const able = "serviceWorker" in navigator && "caches" in window && window.isSecureContext;
  const wanted = () => matchMedia("(display-mode: standalone)").matches || (local && local.getItem(KEPT) === "keep");

  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const say = (text, color) => {
    const line = document.createElement("p");
    line.className = "ds-alert family-offline";
    line.dataset.color = color;
    line.setAttribute("role", "status");
    line.textContent = text;
    document.getElementById("main").prepend(line);
  };

  // --- reading without a connection ---------------------------------------------------------
  const keep = async () => {
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const cache = await caches.open(KEPT);
    const mark = await cache.match("/family/.kept");
    if (!mark || (await mark.text()) !== kept) {
      await caches.delete(KEPT); // another login: nothing of the one before stays
    }
    const own = await caches.open(KEPT);
    await own.put("/family/.kept", new Response(kept));
    const copy = root.cloneNode(true);
    copy.dataset.offline = new Date().toISOString();
    const headers = { "Content-Type": "text/html; charset=utf-8", "X-Kept-At": String(Date.now()) };
    const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'";
    headers["Content-Security-Policy"] = policy;
    await own.put(location.href.split("#")[0], new Response(`<!DOCTYPE html>${copy.outerHTML}`, { headers }));
    const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=preload], script[src]")];
    await Promise.allSettled(files.map((file) => own.add(file.href || file.src)));
    const also = [...document.querySelectorAll("a[data-also]")]; // pages that must be there even if nobody opened them
    await Promise.allSettled(also.map(async (link) => {
      const answer = await fetch(link.href);
      if (!answer.ok || answer.redirected) return;
      const page = (await answer.text()).replace("<html ", `<html data-offline="${copy.dataset.offline}" `);
      await own.put(link.href, new Response(page, { headers }));
    }));
  };
  if (root.dataset.offline) {
    const at = new Date(root.dataset.offline);
    say(`${offline} ${at.toLocaleString(root.lang)}`, "warning");
  } else if (able && kept && wanted()) {
    keep().catch(() => {});
  }
  const choice = document.querySelector("[data-keep]");
  if (choice && able && local) {
    const box = choice.querySelector("input");
    choice.hidden = false;
    box.checked = wanted();
    box.addEventListener("change", () => {
      if (box.checked) {
        local.setItem(KEPT, "keep");
        keep().catch(() => {});
      } else {
        local.removeItem(KEPT);
        caches.delete(KEPT);
      }
    });
  }
})();
