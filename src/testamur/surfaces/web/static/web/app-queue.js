// Reports that wait on this device for a connection: kept, shown with their state, sent, tried again, thrown away.
// Each belongs to the person who wrote it; nobody else's is shown or sent.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const { person } = words;
  if (!("indexedDB" in window) || !person) return;
  const KEPT = "family";
  const root = document.documentElement;
  const place = document.querySelector("[data-queue-list]");
  const word = (name) => words[name] || "";
  const APP = "/app/";

  const book = () =>
    new Promise((done, fail) => {
      const asked = indexedDB.open(KEPT, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { autoIncrement: true });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  const act = async (mode, what) => {
    const open = await book();
    try {
      return await new Promise((done, fail) => {
        const asked = what(open.transaction("reports", mode).objectStore("reports"));
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error);
      });
    } finally {
      open.close();
    }
  };
  const mine = async () => {
    const keys = await act("readonly", (rows) => rows.getAllKeys());
    const reports = await act("readonly", (rows) => rows.getAll());
    return reports.map((report, at) => [keys[at], report]).filter(([, report]) => report.person === person);
  };

  const say = (text, color) => {
    const line = document.createElement("p");
    line.className = "ds-alert family-offline";
    line.dataset.color = color;
    line.setAttribute("role", "status");
    line.textContent = text;
    document.getElementById("main").prepend(line);
  };

  // --- what waits ---------------------------------------------------------------------------
  const button = (text, color, does) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "ds-button";
    made.dataset.variant = "tertiary";
    if (color) made.dataset.color = color;
    made.textContent = text;
    made.addEventListener("click", does);
    return made;
  };
  const show = async () => {
    if (!place) return;
    const reports = await mine();
    place.hidden = reports.length === 0;
    place.querySelector("ul").replaceChildren(
      ...reports.map(([key, report]) => {
        const line = document.createElement("li");
        line.dataset.state = report.state || "waiting";
        const text = document.createElement("p");
        const day = new Map(report.fields).get("first") || "";
        text.textContent = `${report.title || word("report")}${day ? `, ${day}` : ""}: ${word(report.state || "waiting")}`;
        if (report.why) text.append(document.createElement("br"), report.why);
        line.append(text);
        if (report.state !== "sending") {
          line.append(
            button(word("retry"), "", () => keep(key, { ...report, state: "waiting", why: "" }).then(send)),
            button(word("drop"), "danger", () => act("readwrite", (rows) => rows.delete(key)).then(show)),
          );
        }
        return line;
      }),
    );
  };
  const keep = async (key, report) => {
    await act("readwrite", (rows) => rows.put(report, key));
    await show();
  };

  // --- sending ------------------------------------------------------------------------------
  const post = (report) => {
    const body = new URLSearchParams(report.fields);
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
    return fetch(report.address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  };
  const arrived = (answer, report) => answer.ok && new URL(answer.url).pathname === report.address;
  const reason = async (answer) => {
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = told.querySelector("#main .ds-error-summary li, #main .ds-alert[data-color=danger]");
    return found ? found.textContent.trim().replace(/\s+/g, " ").slice(0, 300) : "";
  };
  const one = async (key, report) => {
    await keep(key, { ...report, state: "sending" });
    let answer;
    try {
      answer = await post(report);
      const asked = !arrived(answer, report) && answer.ok && new URL(answer.url).pathname.startsWith(APP);
      if (asked) answer = await post(report); // the app has just let this device in again
    } catch {
      await keep(key, { ...report, state: "waiting" });
      return;
    }
    if (arrived(answer, report)) {
      await act("readwrite", (rows) => rows.delete(key));
      say(word("sent"), "success");
    } else if (answer.ok) {
      await keep(key, { ...report, state: "login" });
    } else if (answer.status >= 500 || answer.status === 429) {
      await keep(key, { ...report, state: "waiting" });
    } else {
      await keep(key, { ...report, state: "refused", why: await reason(answer) });
    }
  };
  const all = async () => {
    if (!navigator.onLine || root.dataset.offline) return;
    for (const [key, report] of await mine()) if (report.state !== "refused") await one(key, report);
    await show();
  };
  const send = () => (navigator.locks ? navigator.locks.request("family-reports", all) : all());

  // --- a form whose report may wait ---------------------------------------------------------
  const form = document.querySelector("form[data-queue]");
  if (form) {
    form.addEventListener("submit", (event) => {
      if (navigator.onLine && !root.dataset.offline) return;
      event.preventDefault();
      const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
      const title = document.querySelector("h1").textContent.trim();
      const report = { person, fields, address: location.pathname, title, state: "waiting" };
      act("readwrite", (rows) => rows.add(report)).then(
        () => {
          say(form.dataset.queue, "info");
          form.reset();
          return show();
        },
        () => form.submit(),
      );
    });
  }
  // A kept page cannot send; the real one does, as soon as the service answers: what "online" says may be too early.
  const back = () =>
    fetch("/robots.txt", { cache: "no-store" }).then(
      () => location.reload(),
      () => {},
    );
  if (root.dataset.offline) setInterval(back, 5000);
  window.addEventListener("online", () => {
    if (root.dataset.offline) back();
    else send().catch(() => {});
  });
  show().catch(() => {});
  send().catch(() => {});
})();
