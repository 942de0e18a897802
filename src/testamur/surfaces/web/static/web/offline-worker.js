// Pages of the family that this device keeps are read from there when there is no connection. The pages themselves put
// them there (family.js); logging out, and every way to the login page, throws them away.
"use strict";
const KEPT = "family";
// The beginnings of the addresses whose pages a device may keep; each area that wants it adds its own line here.
const PAGES = [
  "/family/",
  "/app/",
];
const FRESH = 10 * 60 * 60 * 1000; // no longer than a login lasts
const forget = () => Promise.all([caches.delete(KEPT), new Promise((done) => {
  const gone = indexedDB.deleteDatabase(KEPT);
  gone.onsuccess = gone.onerror = gone.onblocked = done;
})]);
const kept = async (request) => {
  const found = await (await caches.open(KEPT)).match(request, { ignoreVary: true });
  if (!found) return Response.error();
  if (request.mode !== "navigate") return found;
  const at = Number(found.headers.get("X-Kept-At") || 0);
  return Date.now() - at < FRESH ? found : Response.error();
};
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (/^\/account\/(?:logout|login)\//.test(pathname)) {
    event.waitUntil(forget());
    return;
  }
  if (request.method !== "GET") return;
  const page = request.mode === "navigate" && PAGES.some((start) => pathname.startsWith(start));
  if (page || pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => kept(request)));
});
