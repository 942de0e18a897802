// Pages of those who sign: boxes of groups and their documents move together, and what an e-ID says is read aloud once.
"use strict";

(() => {
  const boxes = (group) => [...group.closest(".sign-group").querySelectorAll("input[name=record]")];

  const count = (list) => {
    const chosen = list.querySelectorAll("input[name=record]:checked").length;
    const told = list.querySelector("[data-chosen]");
    told.textContent = chosen === 0 ? "" : chosen === 1 ? list.dataset.one : list.dataset.many.replace("{n}", chosen);
  };

  const changed = (event) => {
    const list = event.target.closest("[data-sign-list]");
    if (!list) return;
    if (event.target.name === "group") {
      for (const one of boxes(event.target)) one.checked = event.target.checked;
    } else if (event.target.name === "record") {
      const group = event.target.closest(".sign-group").querySelector("[data-group]");
      const each = boxes(group);
      group.checked = each.every((one) => one.checked);
      group.indeterminate = !group.checked && each.some((one) => one.checked);
    }
    count(list);
  };

  // A group says all of its documents in one word: the address stays short however many there are.
  const shorten = (event) => {
    const list = event.target.closest("[data-sign-list]");
    if (!list) return;
    const all = event.submitter && event.submitter.name === "all";
    const extra = [];
    const say = (name, value) => {
      const one = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      extra.push(list.appendChild(one));
    };
    for (const group of list.querySelectorAll("[data-group]")) {
      const each = boxes(group);
      const left = each.filter((one) => !one.checked);
      const but = !all && !group.checked && left.length < each.length / 2;
      if (but) {
        say("group", group.value);
        for (const one of left) say("without", one.value);
      }
      for (const one of each) one.disabled = all || group.checked || but;
      group.disabled = all;
    }
    setTimeout(() => {
      for (const one of list.querySelectorAll("input:disabled")) one.disabled = false;
      for (const one of extra) one.remove();
    }, 0);
  };

  const said = () => {
    const words = document.querySelector("[data-words]");
    const aloud = document.querySelector("[data-said]");
    if (words && aloud && aloud.textContent !== words.textContent) aloud.textContent = words.textContent;
  };

  document.addEventListener("change", changed);
  document.addEventListener("submit", shorten);
  document.addEventListener("htmx:afterSwap", said);
  const ready = () => {
    document.querySelectorAll("[data-sign-list]").forEach(count);
    said();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
