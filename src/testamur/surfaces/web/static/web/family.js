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
  const emptied = async () => {
    const mark = await (await caches.open(KEPT)).match("/family/.kept");
    if (!mark || (await mark.text()) !== kept) {
      await caches.delete(KEPT); // another login: nothing of the one before stays
    }
    const own = await caches.open(KEPT);
    await own.put("/family/.kept", new Response(kept));
    return own;
  };
  const keep = async () => {
    await navigator.serviceWorker.register(worker, { scope: "/" });
    // one page after the other: none may throw away what another one of the same login has just put there
    const own = await (navigator.locks ? navigator.locks.request("family-pages", emptied) : emptied());
    const copy = root.cloneNode(true);
    copy.dataset.offline = new Date().toISOString();
    const headers = { "Content-Type": "text/html; charset=utf-8", "X-Kept-At": String(Date.now()) };
    const may = ["script-src", "style-src", "font-src", "connect-src"]; // connect: it asks whether the service answers
    const policy = ["default-src 'none'", "img-src 'self' data:", ...may.map((what) => `${what} 'self'`)].join("; ");
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
