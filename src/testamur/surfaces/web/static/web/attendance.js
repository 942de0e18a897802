// Attendance by tapping and by keys; without this the buttons beside each name do the same.
"use strict";

(() => {
  const form = document.querySelector("form[data-attendance]");
  if (!form) return;
  const rows = [...form.querySelectorAll("[data-row]")];
  const order = ["present", "absent", "late", "left_early"];
  const keys = { p: "present", a: "absent", l: "late", g: "left_early" };
  const counts = form.querySelector("[data-counts]");

  const radio = (row, state) => row.querySelector(`input[value="${state}"]`);
  const stateOf = (row) => row.querySelector("input[type=radio]:checked").value;
  const minutesOf = (row) => row.querySelector(".who-minutes input");
  const takesMinutes = (state) => state === "late" || state === "left_early";

  const tell = () => {
    if (!counts || !rows.length) return;
    let text = counts.dataset.words;
    for (const state of order) {
      text = text.replace(`{${state}}`, rows.filter((row) => stateOf(row) === state).length);
    }
    counts.textContent = text;
  };

  const put = (row, state) => {
    radio(row, state).checked = true;
    const minutes = minutesOf(row);
    if (takesMinutes(state)) minutes.value = minutes.value || form.dataset.late;
    else minutes.value = "";
    tell();
  };

  // One row is current: the one in which the focus is.
  const here = () => rows.find((row) => row.contains(document.activeElement));
  const go = (row) => {
    if (!row) return;
    row.querySelector("input[type=radio]:checked").focus();
    row.scrollIntoView({ block: "nearest" });
  };

  form.addEventListener("click", (event) => {
    const name = event.target.closest(".who-name");
    if (!name) return;
    const row = name.closest("[data-row]");
    put(row, order[(order.indexOf(stateOf(row)) + 1) % order.length]);
  });

  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && event.target.type === "radio") put(row, event.target.value);
  });

  form.addEventListener("focusin", (event) => {
    const now = event.target.closest("[data-row]");
    for (const row of rows) row.toggleAttribute("data-current", row === now);
  });

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = here();
    if (!row) return;
    const at = rows.indexOf(row);
    const typing = event.target === minutesOf(row);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      go(rows[at + (key === "ArrowDown" ? 1 : -1)]);
    } else if (keys[key]) {
      event.preventDefault();
      put(row, keys[key]);
      if (typing) go(row);
    } else if (!typing && /^[0-9]$/.test(key)) {
      event.preventDefault();
      const minutes = minutesOf(row);
      if (!takesMinutes(stateOf(row))) put(row, "late");
      minutes.value = key;
      minutes.focus();
    }
  });

  form.dataset.live = "";
  for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;
  const fresh = !document.querySelector("[role=alert], .lesson-saved");
  if (rows.length && fresh && matchMedia("(pointer: fine)").matches) go(rows[0]);
  tell();
})();
