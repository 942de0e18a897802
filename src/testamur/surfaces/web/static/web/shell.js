// Small comforts of every page: none of them is needed to use it.
(() => {
  "use strict";
  const toasts = document.getElementById("toasts");
  const word = (name) => (toasts && toasts.dataset[name]) || "";

  const say = (text, color = "neutral") => {
    if (!toasts || !text) return;
    const box = document.createElement("div");
    box.className = "toast";
    box.dataset.color = color;
    const line = document.createElement("p");
    line.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", word("close"));
    close.addEventListener("click", () => box.remove());
    box.append(line, close);
    toasts.append(box);
    if (color !== "danger") setTimeout(() => box.remove(), 6000);
  };

  // Menus: one open at a time; Escape and a click elsewhere close them.
  const menus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Appearance: at once, while the cookie is set in the background.
  for (const form of document.querySelectorAll("form[data-appearance]")) {
    form.addEventListener("submit", (event) => {
      const scheme = event.submitter && event.submitter.value;
      if (!scheme) return;
      event.preventDefault();
      const data = new FormData(form);
      data.set("scheme", scheme);
      fetch(form.action, { method: "POST", body: data, redirect: "manual" }).then(
        () => {
          document.documentElement.dataset.colorScheme = scheme;
          for (const button of document.querySelectorAll("form[data-appearance] button"))
            button.setAttribute("aria-pressed", String(button.value === scheme));
        },
        () => form.submit(),
      );
    });
  }

  const dress = (root) => {
    // Codes that can be copied.
    for (const code of root.querySelectorAll("code[data-copy]:not([data-copy-ready])")) {
      code.dataset.copyReady = "";
      if (!navigator.clipboard) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = word("copy");
      button.addEventListener("click", () =>
        navigator.clipboard.writeText(code.textContent.trim()).then(() => say(word("copied"), "success")),
      );
      code.after(button);
    }
    // Drop zones: a file that is dropped goes into the field that is already there.
    for (const zone of root.querySelectorAll(".drop:not([data-drop-ready])")) {
      const input = zone.querySelector("input[type=file]");
      zone.dataset.dropReady = "";
      if (!input || zone.dataset.own !== undefined) continue;
      for (const name of ["dragenter", "dragover"])
        zone.addEventListener(name, (event) => {
          event.preventDefault();
          zone.classList.add("is-over");
        });
      for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        if (!event.dataTransfer.files.length) return;
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
    // Lists become cards on a narrow screen (without script they can be scrolled). Roles keep what a table says aloud.
    for (const table of root.querySelectorAll(".table-wrap > .ds-table:not([data-cards], [data-grid])")) {
      const heads = [...table.querySelectorAll("thead th, thead td")].map((head) => head.textContent.trim());
      const roles = { THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
      if (!heads.length || table.querySelector("tbody [rowspan], tbody [colspan]")) continue;
      table.setAttribute("role", "table");
      for (const part of table.querySelectorAll("thead, tbody, tfoot, tr, td")) part.setAttribute("role", roles[part.tagName]);
      for (const head of table.querySelectorAll("thead th")) head.setAttribute("role", "columnheader");
      for (const head of table.querySelectorAll("tbody th")) head.setAttribute("role", "rowheader");
      for (const row of table.tBodies)
        for (const line of row.rows)
          [...line.cells].forEach((cell, at) => {
            if (cell.tagName !== "TD" || !heads[at] || !cell.textContent.trim()) return;
            cell.dataset.label = heads[at];
            // One box for what the cell holds, so that it stands beside its label as a whole.
            const box = document.createElement("div");
            box.append(...cell.childNodes);
            cell.append(box);
          });
      table.dataset.cards = "auto";
    }
    // One tick for all of a list.
    for (const all of root.querySelectorAll("input[type=checkbox][data-all]:not([data-all-ready])")) {
      all.dataset.allReady = "";
      all.hidden = false;
      const rest = () => document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.all)}"]`);
      all.addEventListener("change", () => {
        for (const one of rest()) if (!one.disabled) one.checked = all.checked;
      });
    }
  };
  dress(document);

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // HTMX only where a page asks for it.
  const source = document.currentScript && document.currentScript.dataset.htmx;
  if (source && document.querySelector("[hx-get],[hx-post],[hx-put],[hx-delete],[hx-boost]")) {
    // Not before everything has loaded: between DOMContentLoaded and then, HTMX would wait for an event that is over.
    const load = () => {
      const script = document.createElement("script");
      script.src = source;
      document.head.append(script);
    };
    if (document.readyState === "complete") load();
    else window.addEventListener("load", load);
  }
  document.addEventListener("htmx:afterSwap", (event) => dress(event.target));
  document.addEventListener("htmx:responseError", () => say(word("failed"), "danger"));
  document.addEventListener("htmx:sendError", () => say(word("failed"), "danger"));
})();
