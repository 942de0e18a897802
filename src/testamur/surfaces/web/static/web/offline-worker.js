// Pages of the family that this device keeps are read from there when there is no connection. The pages themselves put
// them there (family.js); every way to the login page throws them away, and logging out the reports that wait too.
"use strict";
const KEPT = "family";
// The beginnings of the addresses whose pages a device may keep; each area that wants it adds its own line here.
const PAGES = [
  "/family/",
  "/app/",
  "/care/",
];
const APP = "/app/";
const HOME = "/app/home/"; // what the installed app opens with when there is no connection
const HOUR = 60 * 60 * 1000;
const FRESH = 10 * HOUR; // no longer than a login lasts
const FRESH_APP = 7 * 24 * HOUR; // numbers and lessons: the app is never kept unlocked
const SHELL = "shell"; // files whose names say what is in them: they never change, and name nobody
const FIXED = /^\/static\/.*\.[0-9a-f]{12}\./;
const forget = () => caches.delete(KEPT);
const forgetReports = () => new Promise((done) => {
  const gone = indexedDB.deleteDatabase(KEPT);
  gone.onsuccess = gone.onerror = gone.onblocked = done;
});
const kept = async (request) => {
  const own = await caches.open(KEPT);
  const { pathname } = new URL(request.url);
  const found = (await own.match(request, { ignoreVary: true })) ||
    (pathname === APP ? await own.match(HOME, { ignoreVary: true }) : undefined);
  if (!found) return Response.error();
  if (request.mode !== "navigate") return found;
  const at = Number(found.headers.get("X-Kept-At") || 0);
  return Date.now() - at < (pathname.startsWith(APP) ? FRESH_APP : FRESH) ? found : Response.error();
};
// A page that breaks off half way is no page: it is taken whole, or the kept one in its place.
const whole = async (request) => {
  const answer = await fetch(request);
  if (!answer.ok || answer.type !== "basic") return answer;
  const { status, statusText, headers } = answer;
  return new Response(await answer.blob(), { status, statusText, headers });
};
const file = async (request) => {
  const shell = await caches.open(SHELL);
  const found = await shell.match(request, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await shell.put(request, answer.clone());
  return answer;
};
self.addEventListener("activate", (event) => event.waitUntil(caches.delete(SHELL)));
self.addEventListener("message", (event) => {
  if (event.data === "update") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (/^\/account\/(?:logout|login)\//.test(pathname)) {
    const out = pathname.startsWith("/account/logout/");
    event.waitUntil(Promise.all([forget(), ...(out ? [forgetReports()] : [])]));
    return;
  }
  if (request.method !== "GET") return;
  const page = request.mode === "navigate" && PAGES.some((start) => pathname.startsWith(start));
  if (FIXED.test(pathname)) event.respondWith(file(request).catch(() => kept(request)));
  else if (page) event.respondWith(whole(request).catch(() => kept(request)));
  else if (pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => kept(request)));
});
