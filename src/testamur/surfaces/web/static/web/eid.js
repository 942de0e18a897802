// The page of an e-ID under way: starts the app on this device once, looks again on coming back, and says news aloud once.
"use strict";

(() => {
  const said = () => {
    const words = document.querySelector("[data-words]");
    const aloud = document.querySelector("[data-said]");
    if (words && aloud && aloud.textContent !== words.textContent) aloud.textContent = words.textContent;
  };

  const start = () => {
    const link = document.querySelector("[data-start]");
    if (!link) return;
    const key = `eid ${location.pathname}`;
    try {
      if (sessionStorage.getItem(key)) return;
      sessionStorage.setItem(key, "1");
    } catch {
      return; // without a memory the app would be opened again and again
    }
    location.href = link.href;
  };

  const look = () => {
    const live = document.querySelector("[data-eid]");
    if (live && document.visibilityState === "visible" && window.htmx) window.htmx.trigger(live, "look");
  };

  document.addEventListener("htmx:afterSwap", said);
  document.addEventListener("visibilitychange", look);
  const ready = () => {
    said();
    start();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
