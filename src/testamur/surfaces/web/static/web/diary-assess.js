// Assessments are saved as they are written. What is not acknowledged yet is kept in this tab and sent again; without
// script each pupil has a button of its own.
(() => {
  "use strict";
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const forms = [...sheet.querySelectorAll("form[data-assess]")];
  const all = document.querySelector("[data-all]");
  const PAUSE = 1200;
  const AGAIN = 5000;
  const states = new Map();

  const fieldsOf = (form) => {
    const data = new FormData(form);
    return { value: data.get("value") || "", text: data.get("text") || "", plan: data.get("plan") || "" };
  };
  const same = (a, b) => a.value === b.value && a.text === b.text && a.plan === b.plan;
  const keyOf = (form) => `assess:${form.action}:${form.elements.pupil.value}`;
  const keep = (form) => {
    try {
      sessionStorage.setItem(keyOf(form), JSON.stringify({ ...fieldsOf(form), seen: form.elements.seen.value }));
    } catch {
      // A full or forbidden store: the text is still in the form.
    }
  };
  const forget = (form) => {
    try {
      sessionStorage.removeItem(keyOf(form));
    } catch {
      // Nothing was kept either.
    }
  };
  const fill = (form, said) => {
    for (const name of ["text", "plan"]) if (form.elements[name]) form.elements[name].value = said[name] || "";
    for (const radio of form.querySelectorAll("input[name=value]")) radio.checked = radio.value === said.value;
    count(form);
  };
  const count = (form) => {
    for (const area of form.querySelectorAll("textarea[data-words]")) {
      const words = area.value.trim() ? area.value.trim().split(/\s+/u).length : 0;
      const line = area.parentElement.querySelector("[data-count]");
      if (line) line.textContent = words ? area.dataset.words.replace("{n}", words) : "";
    }
  };

  // Phrases: a code in its field, or typed after a stroke, becomes its text, which is seen before it is saved.
  const bank = JSON.parse(sheet.dataset.phrases || "{}");
  const called = (form) => (form.querySelector("[data-insert]") || { dataset: {} }).dataset.called || "";
  const phrase = (form, code) => {
    const text = bank[code.trim().toLowerCase().replace(/^\//u, "")];
    return text && text.replace(/\{(?:tên|ten|name|namn|име)\}/giu, called(form));
  };
  const expand = (form, area) => {
    const before = area.value.slice(0, area.selectionStart);
    const typed = /(?:^|\s)\/([\p{L}\p{N}]{1,12})[ \n]$/u.exec(before);
    const text = typed && phrase(form, typed[1]);
    if (!text) return;
    const from = before.length - typed[1].length - 2;
    area.setRangeText(`${text} `, from, before.length, "end");
  };
  const insert = (form) => {
    const asked = form.querySelector("[data-phrase]");
    const text = phrase(form, asked.value);
    if (!text) return false;
    const area = form.elements.text;
    area.value = area.value.trim() ? `${area.value.trimEnd()} ${text}` : text;
    asked.value = "";
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  };

  const tell = () => {
    const found = [...states.values()].map((state) => state.status);
    const worst = ["login", "offline", "problem", "saving", "saved"].find((one) => found.includes(one));
    all.textContent = worst ? all.dataset[worst] : "";
    all.dataset.color = ["login", "offline", "problem"].includes(worst) ? "danger" : "neutral";
  };
  const mark = (form, status) => {
    states.get(form).status = status;
    tell();
  };
  const problem = (form, text) => {
    const line = form.querySelector("[data-error]");
    line.textContent = text || "";
    line.hidden = !text;
    form.elements.text.toggleAttribute("aria-invalid", Boolean(text));
  };

  const conflict = (form, theirs) => {
    const state = states.get(form);
    const box = form.querySelector("[data-conflict]");
    box.querySelector("[data-theirs]").textContent = [theirs.by && `${theirs.by}:`, theirs.value, theirs.text, theirs.plan]
      .filter(Boolean)
      .join(" ");
    box.hidden = false;
    state.theirs = theirs;
    mark(form, "problem");
    box.querySelector("button").focus();
  };
  const settle = (form, take) => {
    const state = states.get(form);
    if (!state.theirs) return;
    form.elements.seen.value = state.theirs.version;
    if (take) fill(form, state.theirs);
    state.saved = { value: state.theirs.value, text: state.theirs.text, plan: state.theirs.plan };
    state.theirs = null;
    form.querySelector("[data-conflict]").hidden = true;
    form.elements.text.focus();
    if (take) {
      forget(form);
      mark(form, "saved");
    } else send(form);
  };

  const send = async (form) => {
    const state = states.get(form);
    clearTimeout(state.timer);
    if (state.theirs || state.sending) return;
    const said = fieldsOf(form);
    if (same(said, state.saved)) {
      forget(form);
      if (state.status) mark(form, "saved");
      return;
    }
    state.sending = true;
    mark(form, "saving");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    } catch {
      answer = null;
    }
    state.sending = false;
    if (!answer || answer.status >= 500) {
      mark(form, "offline");
      state.timer = setTimeout(() => send(form), AGAIN);
      return;
    }
    if (answer.redirected || !(answer.headers.get("Content-Type") || "").includes("json")) {
      mark(form, answer.redirected ? "login" : "problem");
      return;
    }
    const told = await answer.json();
    if (answer.status === 409 && told.theirs) {
      conflict(form, told.theirs);
    } else if (!answer.ok) {
      problem(form, told.error);
      mark(form, "problem");
    } else {
      form.elements.seen.value = told.version;
      state.saved = said;
      problem(form, "");
      const tag = form.querySelector("[data-mark] .ds-tag");
      if (tag && told.changed) {
        tag.textContent = form.querySelector("[data-mark]").dataset.draft;
        tag.dataset.color = "info";
      }
      if (same(fieldsOf(form), said)) {
        forget(form);
        mark(form, "saved");
      } else send(form);
    }
  };

  forms.forEach((form, at) => {
    states.set(form, { saved: fieldsOf(form), status: "", timer: 0, sending: false, theirs: null });
    count(form);
    const state = states.get(form);
    form.addEventListener("input", (event) => {
      if (event.target.matches("[data-phrase]")) return;
      if (event.target === form.elements.text && !event.isComposing) expand(form, form.elements.text);
      count(form);
      keep(form);
      problem(form, "");
      mark(form, "saving");
      clearTimeout(state.timer);
      state.timer = setTimeout(() => send(form), PAUSE);
    });
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) send(form);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      const asked = form.querySelector("[data-phrase]");
      const wanted = event.submitter && event.submitter.matches("[data-insert]");
      if (asked && (wanted || document.activeElement === asked)) {
        if (!insert(form) && asked.value) asked.setAttribute("aria-invalid", "true");
        else asked.removeAttribute("aria-invalid");
        return;
      }
      send(form);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      send(form);
      const next = forms[at + 1];
      if (next) (next.querySelector("input[name=value]:checked, input[name=value]") || next.elements.text).focus();
    });
    form.querySelector("[data-take]").addEventListener("click", () => settle(form, true));
    form.querySelector("[data-keep]").addEventListener("click", () => settle(form, false));
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(keyOf(form)) || "null");
    } catch {
      kept = null;
    }
    if (kept && !same(kept, state.saved)) {
      fill(form, kept);
      form.elements.seen.value = kept.seen;
      send(form);
    } else if (kept) forget(form);
  });
  window.addEventListener("online", () => forms.forEach(send));
  window.addEventListener("beforeunload", (event) => {
    if (forms.some((form) => !same(fieldsOf(form), states.get(form).saved))) event.preventDefault();
  });
})();
