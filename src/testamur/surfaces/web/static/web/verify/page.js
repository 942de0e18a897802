// The page that checks files in the browser. Nothing is uploaded: the only requests are GETs to the same origin (the trust
// bundle, and the QR reader when it is asked for).
//
// Hooks, all inside one element with id `verifier` (templates/web/public/_verifier.html):
//   data-trust    URL of the trust bundle; absent in the saved file, whose bundle stands in #verifier-bundle
//   data-code     URL of the page for a code on paper, with the word CODE in the place of the code
//   data-jsqr     URL of the QR reader jsQR, loaded only when somebody asks for it
//   #verifier-strings   JSON: the words of this page in the reader's language (keys: see PAGE_KEYS)
//   #verifier-bundle    JSON: the trust bundle itself (saved file only)
//   #verifier-drop, #verifier-files   the drop zone and the field in it; several files, with .tlog-proof files beside them
//   #verifier-trust, #verifier-trust-state   a field for a trust bundle or a status list of one's own, and what is believed
//   #verifier-status    a live region that tells how far the checking has come
//   #verifier-results   where the verdicts are put, the newest first
//   #verifier-camera, #verifier-picture, #verifier-stop, #verifier-video, #verifier-qr   reading a QR symbol
//   #verifier-tool      everything that works with JavaScript only; hidden until this script has started

import { isoDate } from "./bytes.js";
import { MAX_SIZE } from "./pdfReader.js";
import { Check, Failed, Outcome, Verdict, Word, decidingCheck } from "./report.js";
import { NO_TRUST, TrustError, parseTrust } from "./trust.js";
import { verifyFile } from "./verify.js";

const PAGE_PROOF_SUFFIX = ".tlog-proof";
const PAGE_OUTLIVED = ["status.annulled", "status.replaced"];
const PAGE_SIGNS = { ok: "✓", failed: "✗", undecided: "?", absent: "–" };
const PAGE_COLOURS = { valid: "success", invalid: "danger", undecided: "warning", foreign: "neutral", outlived: "danger", practice: "warning" };
const PAGE_CHECKS = ["revisions", "digest", "signer", "signers", "seal", "proof", "status", "issuer", "file", "internal"];
const PAGE_CODE = /(?:^|\/)v\/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\/?$/;
const PAGE_BARE_CODE = /^[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4}$/;

/** Every key of #verifier-strings; `{0}`, `{1}` … stand for what is put in. */
export const PAGE_KEYS = [
  ...["valid", "invalid", "undecided", "foreign", "outlived", "practice"].flatMap((word) => [`word.${word}`, `means.${word}`]),
  ...Object.values(Outcome).map((outcome) => `outcome.${outcome}`),
  ...PAGE_CHECKS.map((name) => `check.${name}`),
  ...["test", "practice", "checking", "checked"],
  ...["trust.none", "trust.site", "trust.own", "trust.saved", "trust.failed", "trust.list", "trust.bad"],
  ...["qr.none", "qr.other", "qr.elsewhere", "qr.camera", "qr.looking", "qr.failed"],
];

/** `text` with U+FFFD for whatever could hide letters or turn the reading direction (kernel/base/text.py). */
export function harmless(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

/**
 * Which of the six words of the page a verdict is: as the verdict's own, but `outlived` for a record no longer valid, and
 * `practice` for one that would be valid had it not been made in training.
 */
export function pageWord(verdict) {
  if (verdict.practice && verdict.word === Word.VALID) return "practice";
  return PAGE_OUTLIVED.includes(verdict.code) ? "outlived" : verdict.word;
}

/** Where a QR symbol leads: { code } of this site, { address } elsewhere, or {} for anything else. */
export function readQr(text, origin) {
  if (PAGE_BARE_CODE.test(text)) return { code: text };
  let address;
  try {
    address = new URL(text);
  } catch {
    return {};
  }
  const found = PAGE_CODE.exec(address.pathname);
  if (found === null || !["https:", "http:"].includes(address.protocol)) return {};
  return address.origin === origin ? { code: found[1] } : { address: address.href, host: address.host };
}

/** The verdict on a `File`, whatever happens; `sidecar` is the `.tlog-proof` beside it or null. */
export async function verifyPicked(file, trust, sidecar, at) {
  const unread = (code, found) => {
    const checks = [new Check("file", Outcome.UNDECIDED, code, found)];
    return new Verdict(file.name, Word.UNDECIDED, false, {}, checks);
  };
  if (file.size > MAX_SIZE) return unread("pdf.size", "The file is too large to be checked.");
  try {
    const data = new Uint8Array(await file.arrayBuffer());
    const proof = sidecar !== null && sidecar.size < MAX_SIZE ? new Uint8Array(await sidecar.arrayBuffer()) : null;
    return await verifyFile(data, trust, file.name, { sidecar: proof, at });
  } catch (error) {
    return unread("file.unreadable", `The file cannot be read (${error.message || error.name}).`);
  }
}

/** Files and the proofs beside them: [[file, sidecar or null]]. */
export function pairs(files) {
  const named = new Map(files.map((file) => [file.name, file]));
  return files
    .filter((file) => !(file.name.endsWith(PAGE_PROOF_SUFFIX) && named.has(file.name.slice(0, -PAGE_PROOF_SUFFIX.length))))
    .map((file) => [file, named.get(file.name + PAGE_PROOF_SUFFIX) ?? null]);
}

/** The behaviour of the page; one for the element `root`. */
class VerifierPage {
  constructor(root) {
    this.root = root;
    this.document = root.ownerDocument;
    this.window = this.document.defaultView;
    this.strings = JSON.parse(this.find("strings").textContent);
    this.trust = null;
    this.lists = [];
    this.queue = Promise.resolve();
    this.stream = null;
  }

  find(name) {
    return this.root.querySelector(`#verifier-${name}`);
  }

  /** The words under a key, with what is put in. */
  say(key, ...parts) {
    return (this.strings[key] ?? key).replace(/\{(\d)\}/g, (_whole, number) => parts[Number(number)] ?? "");
  }

  start() {
    this.find("tool").hidden = false;
    const [drop, files, own] = [this.find("drop"), this.find("files"), this.find("trust")];
    files.addEventListener("change", () => this.picked(files));
    own?.addEventListener("change", () => this.chosen(own));
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("is-over");
      });
    }
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.check([...event.dataTransfer.files]);
    });
    this.startQr();
    this.showSaved();
  }

  // --- whom to believe ---

  /** The bundle: the one chosen, the one saved in this file, or the site's, fetched once. */
  async believed() {
    this.trust ??= this.fetchTrust();
    let trust = await this.trust;
    for (const list of this.lists) trust = trust.withStatus(list);
    return trust;
  }

  async fetchTrust() {
    const saved = this.find("bundle");
    try {
      if (saved !== null) return await this.accept(new TextEncoder().encode(saved.textContent), "trust.saved");
      if (!this.root.dataset.trust) return NO_TRUST;
      const answer = await fetch(this.root.dataset.trust, { credentials: "omit", mode: "same-origin" });
      if (!answer.ok) throw new TrustError(String(answer.status));
      return await this.accept(new Uint8Array(await answer.arrayBuffer()), "trust.site");
    } catch {
      this.tellTrust("trust.failed");
      this.trust = null; // asked for again with the next file
      return NO_TRUST;
    }
  }

  async accept(data, key) {
    const trust = await parseTrust(data);
    this.tellTrust(key, isoDate(trust.made), trust.organisations.size);
    return trust;
  }

  showSaved() {
    if (this.find("bundle") !== null) this.believed();
    else if (!this.root.dataset.trust) this.tellTrust("trust.none");
  }

  tellTrust(key, ...parts) {
    const place = this.find("trust-state");
    if (place !== null) place.textContent = this.say(key, ...parts);
  }

  /** A bundle of one's own takes the place of the site's; a status list is added to whatever is believed. */
  async chosen(field) {
    for (const file of field.files) {
      const data = new Uint8Array(await file.arrayBuffer());
      try {
        this.trust = Promise.resolve(await this.accept(data, "trust.own"));
      } catch (error) {
        if (!(error instanceof TrustError)) throw error;
        this.chosenList(data, error);
      }
    }
  }

  chosenList(data, refused) {
    try {
      NO_TRUST.withStatus(data);
      this.lists.push(data);
      this.tellTrust("trust.list");
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      this.tellTrust("trust.bad", refused.message);
    }
  }

  // --- checking ---

  picked(field) {
    this.check([...field.files]);
    field.value = ""; // the same file can be chosen again
  }

  /** One after the other, in the order in which they came. */
  check(files) {
    if (files.length) this.queue = this.queue.then(() => this.checkAll(pairs(files)));
    return this.queue;
  }

  async checkAll(couples) {
    const trust = await this.believed();
    let number = 0;
    for (const [file, sidecar] of couples) {
      number += 1;
      this.tell(this.say("checking", number, couples.length, harmless(file.name)));
      await new Promise((resolve) => this.window.setTimeout(resolve)); // let the page show it
      const verdict = await verifyPicked(file, trust, sidecar, Date.now());
      this.find("results").prepend(this.shown(verdict));
      this.tell(this.say("checked", harmless(file.name), this.say(`word.${pageWord(verdict)}`)));
    }
  }

  tell(text) {
    this.find("status").textContent = text;
  }

  // --- showing ---

  element(name, text = "", attributes = {}) {
    const made = this.document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  shown(verdict) {
    const word = pageWord(verdict);
    const card = this.element("article", "", { class: "verifier-verdict ds-card", "data-word": word, "data-color": PAGE_COLOURS[word] });
    const title = this.element("h2", this.say(`word.${word}`), { class: "verdict-word ds-heading", "data-size": "sm" });
    card.append(title, this.element("p", harmless(verdict.file), { class: "verdict-file" }));
    if (verdict.test) card.append(this.element("p", this.say(verdict.practice ? "practice" : "test"), { class: "verdict-test" }));
    card.append(this.element("p", this.say(`means.${word}`), { class: "verdict-means" }));
    const { record } = verdict;
    if (record.title !== undefined) {
      const parts = [record.title, record.subject, record.issuer, record.issued_on].map(harmless);
      card.append(this.element("p", parts.join(", "), { class: "verdict-record" }));
    }
    const list = this.element("ol", "", { class: "verdict-checks" });
    list.append(...verdict.checks.map((check) => this.shownCheck(check, verdict)));
    card.append(list);
    return card;
  }

  shownCheck(check, verdict) {
    const deciding = decidingCheck(verdict.checks, verdict.word) === check;
    const item = this.element("li", "", { "data-outcome": check.outcome, ...(deciding ? { "data-deciding": "" } : {}) });
    const [name, number = ""] = check.name.split(" ");
    const sign = this.element("span", PAGE_SIGNS[check.outcome], { class: "verdict-sign", "aria-hidden": "true" });
    const title = this.element("strong", `${this.say(`check.${name}`)} ${number}`.trim());
    const outcome = this.element("span", this.say(`outcome.${check.outcome}`), { class: "verdict-outcome" });
    const found = this.element("p", harmless(check.found), { class: "verdict-found", lang: "en" });
    const code = check.code === "ok" ? [] : [this.element("code", check.code, { class: "verdict-code" })];
    item.append(sign, title, " ", outcome, ...code, found);
    return item;
  }

  // --- QR ---

  startQr() {
    const [camera, picture, stop] = [this.find("camera"), this.find("picture"), this.find("stop")];
    if (camera === null || !this.root.dataset.jsqr) return;
    camera.hidden = !this.window.navigator.mediaDevices?.getUserMedia;
    camera.addEventListener("click", () => this.qr(() => this.film()));
    stop.addEventListener("click", () => this.stopFilm());
    picture.addEventListener("change", () => this.qr(() => this.photo(picture)));
  }

  async qr(read) {
    try {
      await this.loadJsqr();
      await read();
    } catch {
      this.stopFilm();
      this.tellQr(this.say("qr.failed"));
    }
  }

  /** jsQR comes as a plain script that leaves one function behind. */
  loadJsqr() {
    this.jsqr ??= new Promise((resolve, reject) => {
      const script = this.element("script", "", { src: this.root.dataset.jsqr });
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => {
        this.jsqr = undefined;
        reject(new Error("jsqr"));
      });
      this.document.head.append(script);
    });
    return this.jsqr;
  }

  tellQr(text, link = null) {
    const place = this.find("qr");
    place.textContent = text;
    if (link !== null) place.append(" ", this.element("a", link, { href: link, rel: "noreferrer", class: "ds-link" }));
  }

  async film() {
    const media = this.window.navigator.mediaDevices;
    const video = this.find("video");
    try {
      this.stream = await media.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch {
      this.tellQr(this.say("qr.camera"));
      return;
    }
    this.tellQr(this.say("qr.looking"));
    video.srcObject = this.stream;
    video.hidden = this.find("stop").hidden = false;
    await video.play();
    const look = () => {
      if (this.stream === null) return;
      const text = video.videoWidth ? this.decode(video, video.videoWidth, video.videoHeight) : null;
      if (text === null) this.window.requestAnimationFrame(look);
      else {
        this.stopFilm();
        this.follow(text);
      }
    };
    look();
  }

  stopFilm() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    const video = this.find("video");
    video.srcObject = null;
    video.hidden = this.find("stop").hidden = true;
    this.tellQr("");
  }

  async photo(field) {
    const [file] = field.files;
    if (file === undefined) return;
    const image = await this.window.createImageBitmap(file);
    const text = this.decode(image, image.width, image.height);
    field.value = "";
    if (text === null) this.tellQr(this.say("qr.none"));
    else this.follow(text);
  }

  /** The text of the QR symbol in a picture; null without one. Large pictures are made smaller first. */
  decode(source, width, height) {
    const scale = Math.min(1, 1600 / Math.max(width, height));
    const canvas = this.document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return this.window.jsQR(data, canvas.width, canvas.height)?.data || null;
  }

  follow(text) {
    const { code, address, host } = readQr(text.trim(), this.window.location.origin);
    if (code !== undefined) this.window.location.assign(this.root.dataset.code.replace("CODE", encodeURIComponent(code)));
    else if (address !== undefined) this.tellQr(this.say("qr.elsewhere", host), address);
    else this.tellQr(this.say("qr.other"));
  }
}

/** Bring the page to life, where there is one. */
export function startPage(document) {
  const root = document.getElementById("verifier");
  if (root !== null) new VerifierPage(root).start();
}

if (globalThis.document !== undefined) startPage(globalThis.document);
