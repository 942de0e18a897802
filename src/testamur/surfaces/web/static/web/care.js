// The board at the door and the list for a fire. Without this every button sends its form. With it a tap is saved at
// once; without a connection it waits on the device, with a key that makes sending it twice safe, and the list for a
// fire is read from what the device kept. Logging out throws the pages away; notes that wait hold ids and hours alone.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const { worker, kept, person } = words;
  const root = document.documentElement;
  const KEPT = "family"; // the one store of pages that the offline worker reads from and empties
  const able = "serviceWorker" in navigator && "caches" in window && window.isSecureContext;
  const said = document.getElementById("care-said");
  const say = (text, color) => {
    if (!said) return;
    const line = document.createElement("p");
    line.className = "ds-alert";
    line.dataset.color = color;
    line.textContent = text;
    said.replaceChildren(line);
  };

  // --- pages that are kept ------------------------------------------------------------------
  const may = ["script-src", "style-src", "font-src", "connect-src"]; // connect: it asks whether the service answers
  const policy = ["default-src 'none'", "img-src 'self' data:", ...may.map((what) => `${what} 'self'`)].join("; ");
  const put = async (cache, address, page) => {
    page.dataset.offline = new Date().toISOString();
    const headers = {
      "Content-Type": "text/html; charset=utf-8",
      "X-Kept-At": String(Date.now()),
      "Content-Security-Policy": policy,
    };
    await cache.put(address, new Response(`<!DOCTYPE html>${page.outerHTML}`, { headers }));
  };
  const store = async () => {
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const mark = await (await caches.open(KEPT)).match("/family/.kept");
    if (!mark || (await mark.text()) !== kept) await caches.delete(KEPT); // another login: nothing of it stays
    const own = await caches.open(KEPT);
    await own.put("/family/.kept", new Response(kept));
    return own;
  };
  const keep = async () => {
    const own = await store();
    await put(own, location.href.split("#")[0], root.cloneNode(true));
    const fire = document.querySelector("[data-care-fire]");
    if (fire) {
      const answer = await fetch(fire.href);
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html").documentElement;
        await put(own, fire.href, page);
      }
    }
    const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=preload], script[src]")];
    await Promise.allSettled(files.map((file) => own.add(file.href || file.src)));
    root.dataset.careKept = ""; // for those who wait for it
  };
  const guard = () => {
    if (able && kept && !root.dataset.offline) keep().catch(() => {});
  };
  if (root.dataset.offline) {
    const at = new Date(root.dataset.offline);
    say(`${words.offline} ${at.toLocaleString(root.lang)}`, "warning");
    // What "online" says may be too early: the real page comes as soon as the service answers.
    const back = () =>
      fetch("/robots.txt", { cache: "no-store" }).then(
        () => location.reload(),
        () => {},
      );
    window.addEventListener("online", back);
    setInterval(back, 5000);
  }

  // --- notes that wait ----------------------------------------------------------------------
  const book = () =>
    new Promise((done, fail) => {
      const asked = indexedDB.open("care", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("notes", { keyPath: "key" });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  const act = async (mode, what) => {
    const open = await book();
    try {
      return await new Promise((done, fail) => {
        const asked = what(open.transaction("notes", mode).objectStore("notes"));
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error);
      });
    } finally {
      open.close();
    }
  };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
  // "saved", "refused" with its sentence, or "waits": no connection, or a login that has ended
  const send = async (note) => {
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    let answer;
    try {
      answer = await fetch(note.address, { method: "POST", headers, body: new URLSearchParams(note.fields) });
    } catch {
      return ["waits"];
    }
    const json = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    if (json && answer.ok) return ["saved"];
    if (json && answer.status === 409) return ["refused", (await answer.json()).text];
    return answer.status === 403 || answer.status === 404 ? ["refused", String(answer.status)] : ["waits"];
  };
  const refresh = async () => {
    const board = document.querySelector("[data-care-board]");
    if (!board || root.dataset.offline) return;
    if (board.contains(document.activeElement) && document.activeElement.matches("select")) return;
    let answer;
    try {
      answer = await fetch(location.href);
    } catch {
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-care-board]");
    if (!fresh) return;
    const focus = document.activeElement && document.activeElement.closest("[data-child]");
    board.replaceChildren(...fresh.childNodes);
    document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
    if (focus) {
      const again = document.getElementById(focus.id);
      if (again) (again.querySelector("button") || again).focus();
    }
    await marked();
    guard();
  };
  const marked = async () => {
    for (const note of await act("readonly", (rows) => rows.getAll())) {
      if (note.person === person) waits(note);
    }
  };
  const waits = (note) => {
    const child = document.getElementById(`c${note.child}`);
    if (!child) return;
    const state = child.querySelector(".care-state");
    const line = document.createElement("span");
    line.className = "care-waits";
    line.textContent = `${note.label} ${note.hour} · ${words.waits}`;
    if (state) state.replaceChildren(line);
    for (const button of child.querySelectorAll("button")) button.disabled = true;
  };
  let sending = false;
  const flush = async () => {
    if (sending || root.dataset.offline || !person) return;
    sending = true;
    try {
      const notes = (await act("readonly", (rows) => rows.getAll())).filter((note) => note.person === person);
      notes.sort((a, b) => a.made - b.made);
      let sent = 0;
      for (const note of notes) {
        const [what, text] = await send(note);
        if (what === "waits") break;
        await act("readwrite", (rows) => rows.delete(note.key));
        sent += 1;
        if (what === "refused") say(`${words.refused} ${note.label} ${note.hour}. ${text}`, "danger");
        else if (sent === notes.length) say(words.sent, "success");
      }
      if (sent) await refresh();
    } finally {
      sending = false;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-care-note]");
    if (!form || !person || !("indexedDB" in window)) return;
    event.preventDefault();
    const button = event.submitter || form.querySelector("button");
    const data = new FormData(form, event.submitter);
    data.delete("csrfmiddlewaretoken");
    const now = new Date();
    const key = crypto.randomUUID ? crypto.randomUUID() : data.get("key");
    data.set("key", key);
    data.set("at", now.toISOString());
    const hour = now.toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit" });
    const label = button.firstChild ? button.textContent.trim().split("\n")[0] : "";
    const child = data.get("child");
    const address = new URL(form.action).pathname;
    const note = { key, person, child, address, fields: [...data], label, hour, made: now.getTime() };
    act("readwrite", (rows) => rows.put(note)).then(
      () => {
        waits(note);
        if (!root.dataset.offline) flush().catch(() => {});
      },
      () => form.submit(),
    );
  });
  if (person && "indexedDB" in window) {
    marked().catch(() => {});
    flush().catch(() => {});
    window.addEventListener("online", () => flush().catch(() => {}));
    setInterval(() => {
      if (document.visibilityState === "visible") flush().then(refresh).catch(() => {});
    }, 20000);
  }

  // --- the list for a fire ------------------------------------------------------------------
  const ticks = document.querySelector("form[data-care-ticks]");
  if (ticks) {
    const name = `care ${ticks.dataset.careTicks}`;
    const boxes = [...ticks.querySelectorAll("[data-care-tick]")];
    const line = document.querySelector("[data-care-found]");
    let memory = null;
    try {
      memory = window.sessionStorage;
    } catch {
      memory = null; // a browser that keeps nothing
    }
    const found = new Set(JSON.parse((memory && memory.getItem(name)) || "[]"));
    const tell = () => {
      const done = boxes.filter((box) => box.checked);
      line.textContent = line.dataset.words.replace("{found}", done.length).replace("{all}", boxes.length);
      if (memory) memory.setItem(name, JSON.stringify(done.map((box) => box.value)));
    };
    for (const box of boxes) box.checked = found.has(box.value);
    ticks.addEventListener("change", tell);
    ticks.addEventListener("submit", (event) => event.preventDefault());
    line.hidden = false;
    line.setAttribute("role", "status");
    tell();
  }
  for (const button of document.querySelectorAll("[data-care-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  guard();
})();
