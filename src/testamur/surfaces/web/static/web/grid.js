// The mark grid: keys, paste, saving by itself, undo. Nothing that was typed is lost: what the server has not taken yet
// is kept in the browser; what it refuses or what a colleague wrote first stays in its cell and says so.
"use strict";

(() => {
  const form = document.getElementById("grid-form");
  if (!form) return;
  const table = form.querySelector("table");
  const program = JSON.parse(form.dataset.program);
  const token = form.elements.csrfmiddlewaretoken.value;
  const term = form.elements.term.value;
  const store = `grid:${form.dataset.user}:${location.pathname}:${term}`;
  const word = (name, n) => (form.dataset[name] || "").replace("{n}", n);
  const address = (name, ...ids) => ids.reduce((at, id) => at.replace(form.dataset.zero, id), form.dataset[name]);
  const narrow = matchMedia("(max-width: 40rem)");
  const WAIT = 250; // milliseconds of quiet before a mark is sent
  const AGAIN = [2000, 5000, 10000, 30000];
  const LOOK = 20000;

  // --- cells -------------------------------------------------------------------------------------
  const rows = [...table.tBodies[0].rows];
  const cells = rows.map((row, r) =>
    program.columns.map((column, c) => {
      const td = row.cells[c + 1];
      const input = td.querySelector("input:not([type=hidden])");
      const hidden = form.elements[`s.${c}.${r}`];
      const [mark, ...shown] = hidden ? hidden.value.split(" ") : [""];
      return {
        r, c, td, input, hidden, el: input || td.querySelector("[tabindex]"), name: `${c}.${r}`,
        seen: mark, value: shown.join(" "), comment: program.comments[`${c}.${r}`] || "",
        wanted: null, wrong: null, conflict: null,
      };
    }),
  );
  const all = cells.flat();
  const byIds = new Map(all.map((cell) => [program.columns[cell.c].task + program.pupils[cell.r], cell]));
  const cellOf = (element) => {
    const td = element && element.closest && element.closest("td");
    return td && table.contains(td) ? all.find((one) => one.td === td) : undefined;
  };
  // What the teacher means to stand there: what waits, else what was acknowledged.
  const now = (cell) => cell.wanted || { value: cell.value, comment: cell.comment };

  const setSeen = (cell, mark, value) => {
    cell.seen = mark;
    cell.value = value;
    if (!cell.hidden && mark) {
      cell.hidden = Object.assign(document.createElement("input"), { type: "hidden", name: `s.${cell.name}` });
      cell.td.append(cell.hidden);
    }
    if (cell.hidden) cell.hidden.value = mark ? `${mark} ${value}` : "";
  };

  const sign = (cell, kind, title) => {
    let one = cell.td.querySelector(`.${kind}`);
    if (title === null) return one && one.remove();
    if (!one) cell.td.append((one = Object.assign(document.createElement("i"), { className: kind })));
    one.title = title;
  };

  // --- what the page says ------------------------------------------------------------------------
  const state = document.getElementById("grid-state");
  const say = (text, color = "") => {
    if (state.textContent !== text) state.textContent = text;
    state.dataset.color = color;
  };
  const tell = () => {
    const wrong = all.filter((cell) => cell.wrong).length;
    if (trouble) say(word(trouble), "danger");
    else if (all.some((cell) => cell.wanted) || busy) say(word("saving"));
    else if (wrong) say(word(wrong === 1 ? "wrongOne" : "wrongMany", wrong), "danger");
    else if (touched) say(word("saved"), "success");
  };

  const note = (cell, text, buttons = []) => {
    const id = `e-${cell.name}`;
    const former = document.getElementById(id);
    if (former) former.remove();
    cell.wrong = text;
    if (!text) {
      cell.input.removeAttribute("aria-invalid");
      cell.input.removeAttribute("aria-describedby");
      return;
    }
    const box = Object.assign(document.createElement("div"), { id, className: "cell-note" });
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    if (buttons.length) {
      const list = Object.assign(document.createElement("div"), { className: "buttons" });
      for (const [label, act] of buttons) {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "ds-button", textContent: label });
        button.dataset.variant = "secondary";
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
  let busy = false;
  let touched = false;
  let trouble = "";
  let tries = 0;
  let timer = 0;

  const keep = () => {
    const waiting = all.filter((cell) => cell.wanted).map((cell) => [program.columns[cell.c].task, program.pupils[cell.r], cell.wanted]);
    try {
      if (waiting.length) sessionStorage.setItem(store, JSON.stringify(waiting));
      else sessionStorage.removeItem(store);
    } catch {
      // Without a store marks are still sent; only a reload in a moment without connection would lose them.
    }
  };

  const soon = (wait = WAIT) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };

  const want = (cell, value, comment) => {
    touched = true;
    note(cell, null);
    cell.conflict = null;
    cell.td.classList.remove("is-news");
    const seen = cell.wanted ? cell.wanted.seen : cell.seen;
    cell.wanted = { value, comment, seen };
    if (!cell.flying && value === cell.value && comment === cell.comment) cell.wanted = null;
    cell.td.classList.toggle("is-waiting", Boolean(cell.wanted));
    keep();
    tell();
    if (cell.wanted) soon();
  };

  const send = async (last = false) => {
    if (busy) return;
    const first = all.find((cell) => cell.wanted);
    if (!first) return tell();
    const some = all.filter((cell) => cell.c === first.c && cell.wanted);
    for (const cell of some) cell.flying = cell.wanted;
    busy = true;
    tell();
    const body = JSON.stringify({
      term,
      entries: some.map((cell) => ({
        pupil: program.pupils[cell.r], value: cell.flying.value, comment: cell.flying.comment, seen: cell.flying.seen || null,
      })),
    });
    let answer = null;
    let failed = "offline";
    try {
      const response = await fetch(address("enter", program.columns[first.c].task), {
        method: "POST", body, keepalive: last === true, credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      });
      if (response.redirected) failed = "ended";
      else if (response.ok) answer = await response.json();
      else if (response.status < 500 && response.status !== 429) failed = "denied";
    } catch {
      // No connection: tried again.
    }
    busy = false;
    for (const cell of some) {
      const flown = cell.flying;
      cell.flying = null;
      const same = cell.wanted === flown;
      const outcome = answer && answer.entries[some.indexOf(cell)];
      if (outcome) take(cell, outcome, flown, same);
      else if (failed === "denied" && same) {
        cell.wanted = null;
        note(cell, word("denied"));
      }
    }
    trouble = answer ? "" : failed;
    tries = answer ? 0 : tries + 1;
    if (answer) {
      conclude(answer.rows);
      draw();
    }
    keep();
    tell();
    if (all.some((cell) => cell.wanted)) soon(answer ? 0 : AGAIN[Math.min(tries, AGAIN.length) - 1]);
    return undefined;
  };

  // What became of one mark. `same`: the teacher has not written there again in the meantime.
  const take = (cell, outcome, flown, same) => {
    if (outcome.state === "stored" || outcome.state === "unchanged") {
      const before = cell.seen;
      setSeen(cell, outcome.mark, outcome.value);
      cell.comment = outcome.comment;
      sign(cell, "has-comment", outcome.comment || null);
      if (outcome.state === "stored" && before) sign(cell, "has-changes", "");
      if (same) {
        cell.wanted = null;
        if (!(document.activeElement === cell.input && dirty)) cell.input.value = outcome.value;
      } else cell.wanted.seen = outcome.mark;
    } else if (same) {
      cell.wanted = null;
      if (outcome.state === "conflict") quarrel(cell, outcome, flown);
      else note(cell, outcome.message);
    }
    cell.td.classList.toggle("is-waiting", Boolean(cell.wanted));
  };

  const quarrel = (cell, outcome, mine) => {
    cell.conflict = outcome;
    const decide = (value, comment) => {
      setSeen(cell, outcome.mark, outcome.value);
      cell.comment = outcome.comment;
      sign(cell, "has-comment", outcome.comment || null);
      cell.input.value = value;
      cell.wanted = null;
      want(cell, value, comment);
      cell.input.focus();
    };
    note(cell, outcome.message, [
      [`${word("theirs")}: ${outcome.value || "–"}`, () => decide(outcome.value, outcome.comment)],
      [`${word("mine")}: ${mine.value || "–"}`, () => decide(mine.value, mine.comment)],
    ]);
  };

  const conclude = (found) => {
    for (const [pupil, row] of Object.entries(found || {})) {
      const r = program.pupils.indexOf(pupil);
      const average = document.getElementById(`a${r}`);
      if (average) {
        average.querySelector(".number").textContent = row.average;
        average.querySelector(".grid-word").textContent = row.word;
      }
      program.columns.forEach((column, c) => {
        if (!column.closes || !cells[r] || !cells[r][c].input) return;
        const proposed = row.proposals[column.task];
        cells[r][c].input.placeholder = proposed ? proposed.value : "";
        cells[r][c].input.title = proposed ? proposed.why : "";
      });
    }
  };

  let drawn = 0;
  const draw = () => {
    clearTimeout(drawn);
    if (!document.getElementById("picture")) return;
    drawn = setTimeout(async () => {
      if (busy || all.some((cell) => cell.wanted)) return;
      const response = await fetch(location.href.split("#")[0], { headers: { "HX-Request": "true", "HX-Target": "picture" } }).catch(() => null);
      if (!response || !response.ok || response.redirected) return;
      const made = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("picture");
      const old = document.getElementById("picture");
      if (!made || !old || old.contains(document.activeElement)) return;
      const open = old.querySelector("details[open]");
      if (open && made.querySelector("details")) made.querySelector("details").open = true;
      old.replaceWith(made);
    }, 1500);
  };

  // --- writing, undo, redo -----------------------------------------------------------------------
  const done = [];
  const undone = [];
  let dirty = false;
  let inside = false; // F2: the arrows move within the text
  let advanced = false; // the cell was reached by a whole mark: an Enter out of habit does not go further

  const write = (changes) => {
    const real = changes
      .map(([cell, value, comment]) => ({ cell, before: now(cell), after: { value, comment } }))
      .filter((one) => one.before.value !== one.after.value || one.before.comment !== one.after.comment || one.cell.wrong);
    if (!real.length) return;
    done.push(real);
    undone.length = 0;
    for (const { cell, after } of real) put(cell, after);
  };
  const put = (cell, { value, comment }) => {
    cell.input.value = value;
    want(cell, value, comment);
  };
  const turn = (from, to, which) => {
    const some = from.pop();
    if (!some) return say(word("nothing"));
    to.push(some);
    for (const one of some) put(one.cell, one[which]);
    go(some[0].cell);
    return undefined;
  };
  const undo = () => turn(done, undone, "before");
  const redo = () => turn(undone, done, "after");

  // The step of the scale that was meant: itself in any case of letters, else the only one that begins so.
  // Letters without their signs: who types without a Vietnamese keyboard means Đ by d.
  const bare = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
  const meant = (cell, text) => {
    const typed = text.trim();
    const small = typed.toLocaleLowerCase();
    const steps = program.columns[cell.c].accepted;
    const exact = steps.find((one) => one.toLocaleLowerCase() === small) || steps.find((one) => bare(one) === bare(small));
    if (exact || !small) return exact || typed;
    const begun = steps.filter((one) => one.toLocaleLowerCase().startsWith(small));
    return begun.length === 1 ? begun[0] : typed;
  };
  const commit = (cell) => {
    inside = false;
    if (!dirty || !cell.input) return;
    dirty = false;
    const value = meant(cell, cell.input.value);
    cell.input.value = value;
    write([[cell, value, value ? now(cell).comment : ""]]);
  };

  // --- moving ------------------------------------------------------------------------------------
  let at = null;
  const settle = (cell) => {
    if (at && at !== cell) at.el.tabIndex = -1;
    at = cell;
    cell.el.tabIndex = 0;
    offer();
  };
  const go = (cell) => {
    if (!cell) return undefined;
    settle(cell);
    if (narrow.matches) only(cell.c);
    cell.el.focus();
    if (cell.input) cell.input.select();
    if (narrow.matches) return cell.td.scrollIntoView({ block: "center" }); // not behind the buttons
    const box = cell.td.closest(".grid-wrap").getBoundingClientRect();
    const head = table.tHead.getBoundingClientRect();
    const mine = cell.td.getBoundingClientRect();
    if (mine.top < head.bottom) cell.td.closest(".grid-wrap").scrollTop -= head.bottom - mine.top;
    const names = table.tHead.rows[0].cells[0].getBoundingClientRect();
    if (mine.left < names.right && mine.right > box.left) cell.td.closest(".grid-wrap").scrollLeft -= names.right - mine.left;
    return undefined;
  };
  const step = (cell, down, right) => {
    const r = Math.max(0, Math.min(rows.length - 1, cell.r + down));
    const c = Math.max(0, Math.min(program.columns.length - 1, cell.c + right));
    return cells[r][c];
  };

  const press = (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.isComposing || event.target.closest(".cell-note")) return;
    const key = event.key;
    const ctrl = event.ctrlKey || event.metaKey;
    const stayed = advanced;
    if (!["Shift", "Control", "Alt", "Meta"].includes(key)) advanced = false;
    const move = (next) => {
      event.preventDefault();
      commit(cell);
      go(next);
    };
    if (event.altKey && ["h", "c"].includes(key.toLowerCase())) {
      event.preventDefault();
      commit(cell);
      open(cell, key.toLowerCase() === "h");
    } else if (ctrl && key.toLowerCase() === "z" && !event.shiftKey) {
      event.preventDefault();
      if (dirty) restore(cell);
      else undo();
    } else if (ctrl && (key.toLowerCase() === "y" || (key.toLowerCase() === "z" && event.shiftKey))) {
      event.preventDefault();
      redo();
    } else if (ctrl && key === "Home") move(cells[0][0]);
    else if (ctrl && key === "End") move(cells[rows.length - 1][program.columns.length - 1]);
    else if (ctrl || event.altKey) return;
    else if (key === "ArrowDown") move(step(cell, 1, 0));
    else if (key === "ArrowUp") move(step(cell, -1, 0));
    else if (key === "Enter") {
      event.preventDefault();
      if (!stayed || event.shiftKey || dirty) move(step(cell, event.shiftKey ? -1 : 1, 0));
    } else if (key === "PageDown") move(step(cell, 10, 0));
    else if (key === "PageUp") move(step(cell, -10, 0));
    else if (key === "Tab") {
      const next = step(cell, 0, event.shiftKey ? -1 : 1);
      if (next !== cell && !(cell.conflict && !event.shiftKey)) move(next);
      else commit(cell);
    } else if (key === "Escape") {
      if (dirty || cell.wrong) {
        event.preventDefault();
        restore(cell);
      }
    } else if (inside) return;
    else if (key === "ArrowLeft") move(step(cell, 0, -1));
    else if (key === "ArrowRight") move(step(cell, 0, 1));
    else if (key === "Home") move(cells[cell.r][0]);
    else if (key === "End") move(cells[cell.r][program.columns.length - 1]);
    else if (!cell.input) return;
    else if (key === "F2") {
      event.preventDefault();
      inside = true;
      cell.input.setSelectionRange(cell.input.value.length, cell.input.value.length);
    } else if (key === "Delete" || (key === "Backspace" && !dirty)) {
      event.preventDefault();
      dirty = false;
      write([[cell, "", ""]]);
    } else if (key === "=" && cell.input.placeholder && !cell.input.value) {
      event.preventDefault();
      write([[cell, cell.input.placeholder, ""]]);
      go(step(cell, 1, 0));
    }
  };
  const restore = (cell) => {
    dirty = false;
    inside = false;
    note(cell, null);
    cell.conflict = null;
    cell.input.value = now(cell).value;
    cell.input.select();
    tell();
  };

  const advance = document.getElementById("grid-advance");
  const typed = (event) => {
    const cell = cellOf(event.target);
    if (!cell || cell.input !== event.target) return;
    dirty = true;
    advanced = false;
    if (inside || event.isComposing || !advance || !advance.checked || event.inputType === "deleteContentBackward") return;
    const small = bare(cell.input.value.trim());
    const steps = program.columns[cell.c].accepted.map(bare);
    if (!steps.includes(small) || steps.some((one) => one !== small && one.startsWith(small))) return;
    commit(cell);
    const next = step(cell, 1, 0);
    if (next !== cell) {
      go(next);
      advanced = true;
    } else cell.input.select();
  };

  const paste = (event) => {
    const cell = cellOf(event.target);
    const text = event.clipboardData ? event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "") : "";
    if (!cell || !text || event.target.closest(".cell-note")) return;
    event.preventDefault();
    dirty = false;
    const changes = [];
    let lost = 0;
    text.split("\n").forEach((line, down) =>
      line.split("\t").forEach((value, right) => {
        const one = cells[cell.r + down] && cells[cell.r + down][cell.c + right];
        if (one && one.input) {
          const mark = meant(one, value);
          if (mark) changes.push([one, mark, now(one).comment]); // an empty cell of a spreadsheet takes nothing back
        } else if (value.trim()) lost += 1;
      }),
    );
    write(changes);
    cell.input && cell.input.select();
    if (lost) say(word("overflow", lost), "danger");
  };

  // --- one cell: comment and history -------------------------------------------------------------
  const dialog = document.getElementById("cell-dialog");
  const open = async (cell, history) => {
    const response = await fetch(address("cell", program.columns[cell.c].task, program.pupils[cell.r]), {
      headers: { "HX-Request": "true", "HX-Target": "cell" },
    }).catch(() => null);
    if (!response || !response.ok || response.redirected) return say(word(response && response.redirected ? "ended" : "offline"), "danger");
    const made = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("cell");
    dialog.lastElementChild.replaceChildren(made);
    const asked = made.querySelector("[data-cell-form]");
    if (asked) {
      asked.elements.value.value = now(cell).value;
      asked.elements.comment.value = now(cell).comment;
      asked.addEventListener("submit", (event) => {
        event.preventDefault();
        write([[cell, meant(cell, asked.elements.value.value), asked.elements.comment.value.trim()]]);
        dialog.close();
      });
    }
    dialog.addEventListener("close", () => go(cell), { once: true });
    dialog.showModal();
    const target = history || !asked ? made.querySelector("#history") : asked.elements.comment;
    if (target) target.focus();
    return undefined;
  };
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

  // --- a telephone: one column, large buttons ----------------------------------------------------
  const choice = document.getElementById("grid-only");
  const pad = document.getElementById("grid-pad");
  const only = (shown) => {
    choice.value = String(shown);
    const heads = table.tHead.rows[0].cells;
    program.columns.forEach((_column, c) => {
      heads[c + 1].classList.toggle("off", narrow.matches && c !== shown);
      for (const row of cells) row[c].td.classList.toggle("off", narrow.matches && c !== shown);
    });
  };
  let offered = -1;
  const offer = () => {
    if (!narrow.matches || !at || !at.input || offered === at.c) return;
    offered = at.c;
    const made = [...program.columns[at.c].accepted, "⌫"].map((step_) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: step_ });
      if (step_ === "⌫") button.setAttribute("aria-label", word("clear"));
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        const cell = at;
        const value = step_ === "⌫" ? "" : step_;
        dirty = false;
        write([[cell, value, value ? now(cell).comment : ""]]);
        if (value) go(step(cell, 1, 0));
      });
      return button;
    });
    pad.replaceChildren(...made);
    pad.hidden = false;
  };
  const fit = () => {
    document.getElementById("grid-narrow").hidden = !narrow.matches;
    for (const cell of all) if (cell.input) cell.input.inputMode = narrow.matches ? "none" : "text";
    only(at ? at.c : 0);
    offered = -1;
    offer();
  };
  choice.addEventListener("change", () => {
    const c = Number(choice.value);
    settle(cells.map((row) => row[c]).find((cell) => cell.input && !now(cell).value) || cells[0][c]);
    only(c);
  });
  narrow.addEventListener("change", fit);

  // --- what colleagues write ---------------------------------------------------------------------
  let since = form.dataset.at;
  const look = async () => {
    if (document.visibilityState !== "visible" || busy) return;
    const response = await fetch(`${form.dataset.fresh}?since=${encodeURIComponent(since)}`).catch(() => null);
    if (!response || !response.ok || response.redirected) return;
    const told = await response.json();
    since = told.at;
    let news = 0;
    for (const one of told.marks) {
      const cell = byIds.get(one.task + one.pupil);
      if (!cell || !cell.input || cell.wanted || cell.flying || cell.wrong || cell.seen === one.mark) continue;
      if (document.activeElement === cell.input && dirty) continue;
      setSeen(cell, one.mark, one.value);
      cell.comment = one.comment;
      cell.input.value = one.value;
      sign(cell, "has-comment", one.comment || null);
      if (one.mine) continue;
      cell.td.classList.add("is-news");
      cell.td.title = one.by;
      news += 1;
    }
    if (news) say(word(news === 1 ? "newsOne" : "newsMany", news));
  };

  // --- begin -------------------------------------------------------------------------------------
  table.addEventListener("keydown", press);
  table.addEventListener("input", typed);
  table.addEventListener("paste", paste);
  table.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.target !== cell.el) return;
    if (at !== cell) advanced = false;
    settle(cell);
    if (cell.input) cell.input.select();
  });
  table.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell && event.target === cell.input) commit(cell);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!button || button.name !== "accept") return soon(0);
    const c = Number(button.value);
    const open_ = cells.map((row) => row[c]).filter((cell) => cell.input && !now(cell).value && cell.input.placeholder);
    write(open_.map((cell) => [cell, cell.input.placeholder, ""]));
    button.hidden = true;
    go(cells[0][c]);
    return undefined;
  });
  const tools = document.getElementById("grid-tools");
  if (tools) {
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (!button) return;
      if (button.dataset.do === "undo") undo();
      if (button.dataset.do === "redo") redo();
      if (button.dataset.do === "cell") open(at || cells[0][0], false);
    });
  }
  if (advance) {
    try {
      advance.checked = localStorage.getItem("grid-advance") !== "no";
      advance.addEventListener("change", () => localStorage.setItem("grid-advance", advance.checked ? "yes" : "no"));
    } catch {
      // The choice holds for this page alone.
    }
  }
  for (const id of ["grid-plain", "grid-find"]) {
    const one = document.getElementById(id);
    if (one) one.hidden = true;
  }
  for (const one of form.querySelectorAll("[data-plain]")) one.remove();
  const keys = document.getElementById("grid-keys");
  if (keys) keys.hidden = false;
  for (const cell of all) cell.el.tabIndex = -1;

  try {
    for (const [task, pupil, wanted] of JSON.parse(sessionStorage.getItem(store) || "[]")) {
      const cell = byIds.get(task + pupil);
      if (!cell || !cell.input) continue;
      cell.input.value = wanted.value;
      cell.wanted = wanted;
      touched = true;
    }
  } catch {
    // What is not to be read is not ours.
  }
  const writable = program.columns.map((_one, c) => c).filter((c) => !program.columns[c].readonly);
  const daily = writable.filter((c) => !program.columns[c].closes);
  const latest = daily.length ? daily[daily.length - 1] : writable[0] || 0;
  const start = program.start === undefined ? latest : (writable[program.start] ?? 0);
  const open0 = cells.map((row) => row[start]).find((cell) => cell.input && !now(cell).value) || cells[0][start];
  settle(open0);
  fit();
  only(start);
  const named = new URLSearchParams(location.search).has("column");
  if (!narrow.matches && open0.input && !named && !document.querySelector("[role=alert]")) {
    open0.input.focus({ preventScroll: true });
    open0.input.select();
  }
  if (all.some((cell) => cell.wanted)) soon(0);
  setInterval(look, LOOK);
  addEventListener("online", () => soon(0));
  addEventListener("focus", () => all.some((cell) => cell.wanted) && soon(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      if (at && dirty) commit(at);
      clearTimeout(timer);
      send(true);
    }
  });
  addEventListener("beforeunload", (event) => {
    if (at && dirty) commit(at);
    if (all.some((cell) => cell.wanted) && trouble) event.preventDefault();
    else if (all.some((cell) => cell.wanted)) send(true);
  });
})();
