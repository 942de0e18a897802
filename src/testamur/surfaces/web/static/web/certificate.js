// The signing page and the agent on the signer's own computer: find a certificate, ask for signatures, hand them in.
"use strict";

(() => {
  const AT_ONCE = 100;
  const start = () => {
    const part = document.querySelector("[data-agent]");
    if (!part) return;
    part.hidden = false;
    const words = part.querySelector("[data-agent-said]");
    const aloud = document.querySelector("[data-said]");
    const code = part.querySelector("input[data-pairing]");
    code.value = sessionStorage.getItem("pairing") || "";
    const say = (key, values = {}) => {
      let text = words.dataset[key] || "";
      for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
      words.textContent = text;
      if (key !== "signing") aloud.textContent = text;
    };

    // The agent's answer, or the key of the sentence that says why there is none.
    const agent = async (path, options = {}) => {
      let answer;
      try {
        answer = await fetch(part.dataset.agent + path, {
          ...options, headers: { "Testamur-Pairing": code.value.trim(), ...options.headers }, mode: "cors", cache: "no-store",
        });
      } catch {
        throw "unreachable";
      }
      if (answer.ok) return answer.json();
      const why = (await answer.json().catch(() => ({}))).error;
      throw { 401: "pairing", 403: "origin" }[answer.status] || (why === "busy" ? "busy" : why === "certificate" ? "other" : "refused");
    };
    const guarded = (button, work) => async () => {
      button.disabled = true;
      try {
        await work();
      } catch (why) {
        say(typeof why === "string" ? why : "lost");
      }
      button.disabled = false;
    };

    const find = part.querySelector("[data-find]");
    if (find) {
      find.addEventListener("click", guarded(find, async () => {
        const found = await agent("/v1/certificates");
        sessionStorage.setItem("pairing", code.value.trim());
        say("");
        const list = part.querySelector("[data-found]");
        list.replaceChildren(...found.certificates.map((one) => {
          const line = document.createElement("p");
          line.className = "ds-paragraph";
          line.textContent = `${one.holder}, ${one.issuer}, ${words.dataset.until} ${one.until} `;
          const use = Object.assign(document.createElement("button"), { type: "button", className: "ds-button" });
          use.textContent = words.dataset.use;
          use.addEventListener("click", () => {
            const form = document.querySelector("[data-choose]");
            const pem = one.chain.map((der) => `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`);
            const files = new DataTransfer();
            files.items.add(new File(pem, "certificate.pem"));
            form.querySelector("input[type=file]").files = files.files;
            form.requestSubmit();
          });
          line.append(use);
          return line;
        }));
        list.querySelector("button")?.focus();
      }));
    }

    const sign = part.querySelector("[data-sign]");
    if (sign) {
      const far = part.querySelector("[data-far]");
      const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
      const ceremony = part.dataset.request.match(/[0-9a-f-]{36}/)[0];
      const handIn = async (signatures) => {
        const body = new FormData();
        body.append("csrfmiddlewaretoken", token);
        const answer = JSON.stringify({ format: "testamur-signing-answer", v: 1, ceremony, signatures });
        body.append("answer", new File([answer], "answer.json", { type: "application/json" }));
        const told = await fetch(part.dataset.answer, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
        const said = await told.json();
        if (!told.ok) {
          words.textContent = aloud.textContent = said.problem;
          throw new Error(said.problem);
        }
        far.value = said.done;
        say("signing", said);
      };
      sign.addEventListener("click", guarded(sign, async () => {
        const request = await fetch(part.dataset.request, { redirect: "error" });
        if (!request.ok) throw "lost";
        const { job } = await agent("/v1/sign", { method: "POST", body: await request.blob() });
        sessionStorage.setItem("pairing", code.value.trim());
        say("asking");
        far.hidden = false;
        let taken = 0;
        let state = "asking";
        while (true) {
          const told = await agent(`/v1/jobs/${job}?from=${taken}`);
          const ready = Object.keys(told.signatures).length;
          const over = ["done", "refused", "failed"].includes(told.state);
          if (ready >= AT_ONCE || (over && ready)) {
            await handIn(told.signatures);
            taken += ready;
            continue;
          }
          state = told.state;
          if (over) break;
          await new Promise((later) => setTimeout(later, 700));
        }
        if (state === "done") location.reload();
        else say("refused");
      }));
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
