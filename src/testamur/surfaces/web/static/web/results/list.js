// A result list: keys, paste, saving by itself, undo. Nothing that was typed is lost: what the server has not taken yet is
// kept in the browser; what it refuses, or what a colleague wrote first, stays in its cell and says so.
"use strict";

(() => {
  const form = document.getElementById("list-form");
  if (!form) return;
  const table = form.querySelector("table");
  const token = form.elements.csrfmiddlewaretoken.value;
  const store = `list:${form.dataset.user}:${location.pathname}`;
  const word = (name, n) => (form.dataset[name] || "").replace("{n}", n);
  const steps = form.dataset.scale.split(", ");
  const FIELDS = [["value", "v"], ["examined_on", "d"], ["points", "p"]];
  const WAIT = 400; // milliseconds of quiet before a cell is sent
  const AGAIN = [2000, 5000, 10000, 30000];
  const LOOK = 20000;
  const MOST = 500; // rows in one call

  // --- cells -------------------------------------------------------------------------------------
  let latest = Number(form.elements.revision.value); // up to here everything that others wrote is on the page
  const rows = [...table.tBodies[0].rows].map((tr, r) => {
    const kept = form.elements[`r.${r}`];
    const [id, ...rest] = kept.value.split(" ");
    const shown = rest.join(" ").split("|");
    const row = { r, id, tr, kept, seen: latest, leaves: form.elements[`l.${r}`] };
    row.cells = FIELDS.map(([field, letter], c) => {
      const input = form.elements[`${letter}.${r}`];
      return { row, c, field, input, td: input.closest("td"), value: shown[c] || "", wanted: null, flying: null, wrong: null };
    });
    return row;
  });
  const all = rows.flatMap((row) => row.cells);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byInput = new Map(all.map((cell) => [cell.input, cell]));
  const now = (cell) => (cell.wanted === null ? cell.value : cell.wanted);
  const keepShown = (row) => {
    row.kept.value = `${row.id} ${row.cells.map((cell) => cell.value).join("|")}`;
  };

  // --- what the page says ------------------------------------------------------------------------
  const state = document.getElementById("list-state");
  const say = (text, color = "") => {
    if (state.textContent !== text) state.textContent = text;
    state.dataset.color = color;
  };
  let busy = false;
  let touched = false;
  let trouble = "";
  let gone = false;
  let tries = 0;
  let timer = 0;
  const tell = () => {
    const wrong = all.filter((cell) => cell.wrong).length;
    const leaving = rows.filter((row) => row.leaves && row.leaves.checked).length;
    if (trouble) say(word(trouble), "danger");
    else if (busy || all.some((cell) => cell.wanted !== null)) say(word("saving"));
    else if (wrong) say(word(wrong === 1 ? "wrongOne" : "wrongMany", wrong), "danger");
    else if (gone) say(word("gone"));
    else if (leaving) say(word(leaving === 1 ? "leavingOne" : "leavingMany", leaving));
    else if (touched) say(word("saved"), "success");
  };

  const note = (cell, text, buttons = []) => {
    const id = `e-${cell.input.name}`;
    const former = document.getElementById(id);
    if (former) former.remove();
    cell.wrong = text;
    if (!text) {
      cell.input.removeAttribute("aria-invalid");
      cell.input.removeAttribute("aria-describedby");
      return;
    }
    const box = Object.assign(document.createElement("div"), { id, className: "cell-note" });
    box.append(Object.assign(document.createElement("p"), { textContent: text }));
    if (buttons.length) {
      const list = Object.assign(document.createElement("div"), { className: "buttons" });
      for (const [label, act] of buttons) {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "ds-button", textContent: label });
        button.dataset.variant = "secondary";
        button.dataset.size = "sm";
        button.addEventListener("click", act);
        list.append(button);
      }
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", word("conflict"));
      box.append(list);
    }
    cell.td.append(box);
    cell.input.setAttribute("aria-invalid", "true");
    cell.input.setAttribute("aria-describedby", id);
  };

  // --- saving by itself --------------------------------------------------------------------------
  const keep = () => {
    const waiting = all.filter((cell) => cell.wanted !== null).map((cell) => [cell.row.id, cell.c, cell.wanted]);
    try {
      if (waiting.length) sessionStorage.setItem(store, JSON.stringify(waiting));
      else sessionStorage.removeItem(store);
    } catch {
      // Without a store cells are still sent; only a reload in a moment without connection would lose them.
    }
  };
  const soon = (wait = WAIT) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };
  const want = (cell, value) => {
    touched = true;
    note(cell, null);
    cell.td.classList.remove("is-news");
    delete cell.td.dataset.automatic;
    cell.wanted = cell.flying === null && value === cell.value ? null : value;
    cell.td.classList.toggle("is-waiting", cell.wanted !== null);
    keep();
    tell();
    if (cell.wanted !== null) soon();
  };

  const ask = async (body, keepalive = false) => {
    try {
      const response = await fetch(form.dataset.rows + (body ? "" : `?since=${latest}`), {
        method: body ? "POST" : "GET", body, keepalive, credentials: "same-origin",
        headers: body ? { "Content-Type": "application/json", "X-CSRFToken": token } : {},
      });
      if (response.redirected) return [null, "ended"];
      if (response.ok) return [await response.json(), ""];
      return [null, response.status < 500 && response.status !== 429 ? "denied" : "offline"];
    } catch {
      return [null, "offline"];
    }
  };

  const send = async (last = false, leaving = false) => {
    if (busy) return undefined;
    const some = rows.filter((row) => row.cells.some((cell) => cell.wanted !== null) || (leaving && row.leaves && row.leaves.checked)).slice(0, MOST);
    if (!some.length) return tell();
    const entries = some.map((row) => {
      const entry = { row: row.id, revision: row.seen };
      for (const cell of row.cells) {
        if (cell.wanted === null) continue;
        cell.flying = cell.wanted;
        entry[cell.field] = cell.wanted;
      }
      if (leaving && row.leaves && row.leaves.checked) entry.leaves = true;
      return entry;
    });
    busy = true;
    tell();
    const [answer, failed] = await ask(JSON.stringify({ entries, since: latest }), last === true);
    busy = false;
    if (answer) settled(some, answer);
    else {
      for (const cell of some.flatMap((row) => row.cells)) {
        if (cell.flying !== null && failed === "denied" && cell.wanted === cell.flying) cell.wanted = null;
        cell.flying = null;
      }
    }
    trouble = failed;
    tries = answer ? 0 : tries + 1;
    keep();
    tell();
    if (answer && (answer.left || leaving)) location.reload();
    else if (all.some((cell) => cell.wanted !== null)) soon(answer ? 0 : AGAIN[Math.min(tries, AGAIN.length) - 1]);
    return undefined;
  };

  const settled = (some, answer) => {
    const current = new Map(answer.rows.map((one) => [one.row, one]));
    const refused = new Map(answer.faulty.map((one) => [one.row + one.field, one]));
    const stale = new Map(answer.faulty.filter((one) => one.conflict).map((one) => [one.row, one]));
    for (const row of some) {
      const told = current.get(row.id);
      for (const cell of row.cells) {
        const flown = cell.flying;
        if (flown === null) continue;
        cell.flying = null;
        const same = cell.wanted === flown;
        const fault = stale.get(row.id) || refused.get(row.id + cell.field);
        if (fault) {
          if (!same) continue;
          cell.wanted = null;
          if (fault.conflict) quarrel(cell, fault, flown);
          else note(cell, fault.message);
        } else if (told) {
          cell.value = told[cell.field];
          if (same) {
            cell.wanted = null;
            if (!(document.activeElement === cell.input && dirty)) cell.input.value = cell.value;
          }
        }
        cell.td.classList.toggle("is-waiting", cell.wanted !== null);
      }
      if (told && !stale.has(row.id)) {
        row.seen = told.revision;
        keepShown(row);
      }
    }
    draw(answer, new Set(some.map((row) => row.id)));
  };

  const quarrel = (cell, fault, mine) => {
    const theirs = fault.now ? fault.now[cell.field] : "";
    const decide = (value) => {
      if (fault.now) {
        cell.row.seen = Math.max(cell.row.seen, fault.now.revision);
        for (const one of cell.row.cells) {
          one.value = fault.now[one.field];
          if (one !== cell && one.wanted === null && !one.wrong) one.input.value = one.value;
        }
        keepShown(cell.row);
      }
      cell.input.value = value;
      cell.wanted = null;
      note(cell, null);
      want(cell, value);
      cell.input.focus();
    };
    note(cell, fault.message, [
      [`${word("theirs")}: ${theirs || "–"}`, () => decide(theirs)],
      [`${word("mine")}: ${mine || "–"}`, () => decide(mine)],
    ]);
  };

  // What others wrote, the remarks of the checks, the summary. `own`: rows that were just sent.
  const draw = (answer, own = new Set()) => {
    let news = 0;
    for (const one of answer.rows) {
      const row = byId.get(one.row);
      if (!row || own.has(one.row) || row.seen >= one.revision) continue;
      if (row.cells.some((cell) => cell.wanted !== null || cell.wrong || (document.activeElement === cell.input && dirty))) continue;
      row.seen = one.revision;
      for (const cell of row.cells) {
        if (cell.value === one[cell.field]) continue;
        cell.value = one[cell.field];
        cell.input.value = cell.value;
        if (one.mine) continue;
        cell.td.classList.add("is-news");
        cell.td.title = one.by;
        news += 1;
      }
      keepShown(row);
    }
    latest = Math.max(latest, answer.revision);
    form.elements.revision.value = String(latest);
    for (const one of document.querySelectorAll("[data-revision]")) one.value = String(latest);
    for (const row of rows) {
      const told = answer.remarks[row.id];
      const box = row.tr.querySelector("[data-remarks]");
      const html = told ? told.html : "";
      if (box.dataset.html !== html) {
        box.innerHTML = html;
        box.dataset.html = html;
      }
      row.tr.toggleAttribute("data-stops", Boolean(told && told.stops));
    }
    const here = new Set(answer.here);
    gone = here.size !== rows.length || rows.some((row) => !here.has(row.id));
    for (const [part, html] of Object.entries(answer.parts)) {
      const old = document.getElementById(part);
      const made = new DOMParser().parseFromString(html, "text/html").getElementById(part);
      if (made && old && !old.contains(document.activeElement)) old.replaceWith(made);
    }
    if (news) say(word(news === 1 ? "newsOne" : "newsMany", news));
  };

  // --- writing, undo, redo -----------------------------------------------------------------------
  const done = [];
  const undone = [];
  let dirty = false;
  let inside = false; // F2: the arrows move within the text

  const write = (changes) => {
    const real = changes.map(([cell, value]) => ({ cell, before: now(cell), after: value })).filter((one) => one.before !== one.after || one.cell.wrong);
    if (!real.length) return 0;
    done.push(real);
    undone.length = 0;
    for (const { cell, after } of real) put(cell, after);
    return real.length;
  };
  const put = (cell, value) => {
    cell.input.value = value;
    want(cell, value);
  };
  const turn = (from, to, which) => {
    const some = from.pop();
    if (!some) return say(word("nothing"));
    to.push(some);
    for (const one of some) put(one.cell, one[which]);
    go(some[0].cell);
    return undefined;
  };

  // The step of the scale that was meant: itself in any case of letters, else the only one that begins so.
  const meant = (cell, text) => {
    const typed = text.trim();
    if (cell.field === "examined_on") return day(typed);
    if (cell.field !== "value" || !typed) return typed;
    const small = typed.toLocaleLowerCase();
    const exact = steps.find((one) => one.toLocaleLowerCase() === small);
    if (exact) return exact;
    const begun = steps.filter((one) => one.toLocaleLowerCase().startsWith(small));
    return begun.length === 1 ? begun[0] : typed;
  };
  // Eight digits are a date without its lines; every other spelling is for the server to refuse.
  const day = (typed) => typed.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
  const commit = (cell) => {
    inside = false;
    if (!dirty) return;
    dirty = false;
    const value = meant(cell, cell.input.value);
    cell.input.value = value;
    write([[cell, value]]);
  };

  // --- moving ------------------------------------------------------------------------------------
  const go = (cell) => {
    if (!cell) return;
    cell.input.focus();
    cell.input.select();
  };
  const step = (cell, down, right) => {
    const r = Math.max(0, Math.min(rows.length - 1, cell.row.r + down));
    const c = Math.max(0, Math.min(FIELDS.length - 1, cell.c + right));
    return rows[r].cells[c];
  };
  const onward = (cell, back) => {
    if (form.dataset.enter !== "right") return step(cell, back ? -1 : 1, 0);
    if (back) return cell.c > 0 ? step(cell, 0, -1) : rows[Math.max(0, cell.row.r - 1)].cells[FIELDS.length - 1];
    return cell.c < FIELDS.length - 1 ? step(cell, 0, 1) : rows[Math.min(rows.length - 1, cell.row.r + 1)].cells[0];
  };
  const restore = (cell) => {
    dirty = false;
    inside = false;
    note(cell, null);
    cell.input.value = now(cell);
    cell.input.select();
    tell();
  };
  const press = (event) => {
    const cell = byInput.get(event.target);
    if (!cell || event.isComposing) return;
    const { key } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    const move = (next) => {
      event.preventDefault();
      commit(cell);
      go(next);
    };
    if (ctrl && key.toLowerCase() === "z" && !event.shiftKey) {
      event.preventDefault();
      if (dirty) restore(cell);
      else turn(done, undone, "before");
    } else if (ctrl && (key.toLowerCase() === "y" || (key.toLowerCase() === "z" && event.shiftKey))) {
      event.preventDefault();
      turn(undone, done, "after");
    } else if (ctrl && key === "Home") move(rows[0].cells[0]);
    else if (ctrl && key === "End") move(rows[rows.length - 1].cells[FIELDS.length - 1]);
    else if (ctrl || event.altKey) return;
    else if (key === "ArrowDown") move(step(cell, 1, 0));
    else if (key === "ArrowUp") move(step(cell, -1, 0));
    else if (key === "PageDown") move(step(cell, 10, 0));
    else if (key === "PageUp") move(step(cell, -10, 0));
    else if (key === "Enter") move(onward(cell, event.shiftKey));
    else if (key === "Escape") {
      if (!dirty && !cell.wrong) return;
      event.preventDefault();
      restore(cell);
    } else if (key === "F2") {
      event.preventDefault();
      inside = true;
      cell.input.setSelectionRange(cell.input.value.length, cell.input.value.length);
    } else if (inside || (dirty && cell.field !== "value")) return;
    else if (key === "ArrowLeft") move(step(cell, 0, -1));
    else if (key === "ArrowRight") move(step(cell, 0, 1));
    else if (key === "Delete") {
      event.preventDefault();
      dirty = false;
      write([[cell, ""]]);
    } else if (key === "=" && cell.input.placeholder && !cell.input.value && cell.field === "value") {
      event.preventDefault();
      write([[cell, cell.input.placeholder]]);
      go(step(cell, 1, 0));
    }
  };
  const paste = (event) => {
    const cell = byInput.get(event.target);
    const text = event.clipboardData ? event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "") : "";
    if (!cell || !text) return;
    event.preventDefault();
    dirty = false;
    const changes = [];
    let lost = 0;
    text.split("\n").forEach((line, down) =>
      line.split("\t").forEach((value, right) => {
        const row = rows[cell.row.r + down];
        const one = row && row.cells[cell.c + right];
        if (!one) lost += value.trim() ? 1 : 0;
        else if (value.trim()) changes.push([one, meant(one, value)]); // an empty cell of a spreadsheet takes nothing back
      }),
    );
    write(changes);
    cell.input.select();
    if (lost) say(word("overflow", lost), "danger");
  };

  // --- begin -------------------------------------------------------------------------------------
  table.addEventListener("keydown", press);
  table.addEventListener("paste", paste);
  table.addEventListener("input", (event) => {
    if (byInput.has(event.target)) dirty = true;
  });
  table.addEventListener("focusin", (event) => {
    if (byInput.has(event.target)) event.target.select();
  });
  table.addEventListener("focusout", (event) => {
    const cell = byInput.get(event.target);
    if (cell) commit(cell);
  });
  table.addEventListener("change", (event) => {
    if (!event.target.name || !event.target.name.startsWith("l.")) return;
    event.target.closest("tr").classList.toggle("is-leaving", event.target.checked);
    tell();
  });
  const fill = () => {
    const box = form.elements.same_date;
    const value = day(box.value.trim());
    if (!value) return box.focus();
    const n = write(rows.map((row) => row.cells[1]).filter((cell) => !now(cell)).map((cell) => [cell, value]));
    if (n) say(word(n === 1 ? "filledOne" : "filledMany", n));
    return undefined;
  };
  form.elements.same_date.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    fill();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button && button.name === "same") return fill();
    clearTimeout(timer);
    touched = true;
    send(false, true);
    return undefined;
  });
  for (const one of document.querySelectorAll("[data-plain]")) one.remove();
  // Whoever goes on to send the list sends what is on the page: what waits is saved first.
  document.addEventListener("submit", async (event) => {
    const other = event.target;
    if (other === form || !other.closest("main") || other.method !== "post") return;
    const cell = byInput.get(document.activeElement);
    if (cell) commit(cell);
    if (!busy && !all.some((one) => one.wanted !== null)) return;
    event.preventDefault();
    for (let n = 0; n < 100 && (busy || all.some((one) => one.wanted !== null)) && !trouble; n += 1) {
      if (busy) await new Promise((ready) => { setTimeout(ready, 50); });
      else await send();
    }
    if (!all.some((one) => one.wanted !== null)) other.requestSubmit(event.submitter || undefined);
  });
  try {
    for (const [id, c, wanted] of JSON.parse(sessionStorage.getItem(store) || "[]")) {
      const row = byId.get(id);
      if (!row || !row.cells[c]) continue;
      row.cells[c].input.value = wanted;
      row.cells[c].wanted = wanted;
      touched = true;
    }
  } catch {
    // What is not to be read is not ours.
  }
  const first = rows.map((row) => row.cells[0]).find((cell) => !now(cell));
  if (first && matchMedia("(min-width: 52.01rem)").matches && !location.hash && !document.querySelector("[role=alert]")) {
    first.input.focus({ preventScroll: true });
    first.input.select();
  }
  if (all.some((cell) => cell.wanted !== null)) soon(0);
  const look = async () => {
    if (document.visibilityState !== "visible" || busy) return;
    const [answer] = await ask(null);
    if (answer && !busy) draw(answer);
    if (gone) tell();
  };
  setInterval(look, LOOK);
  addEventListener("online", () => soon(0));
  addEventListener("focus", () => all.some((cell) => cell.wanted !== null) && soon(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    const cell = byInput.get(document.activeElement);
    if (cell) commit(cell);
    clearTimeout(timer);
    send(true);
  });
  addEventListener("beforeunload", (event) => {
    const cell = byInput.get(document.activeElement);
    if (cell) commit(cell);
    if (busy || all.some((one) => one.wanted !== null) || rows.some((row) => row.leaves && row.leaves.checked && !row.leaves.defaultChecked)) event.preventDefault();
  });
})();
