// Pushes on this device: the button is there only where the browser can do it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-push-key]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  form.hidden = false;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    try {
      if ((await Notification.requestPermission()) === "granted") {
        await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
        const worker = await navigator.serviceWorker.ready;
        const made = await worker.pushManager.subscribe({
          userVisibleOnly: true,
          applicationServerKey: bytes(form.dataset.pushKey),
        });
        const { endpoint, keys } = made.toJSON();
        form.elements.endpoint.value = endpoint;
        form.elements.p256dh.value = keys.p256dh;
        form.elements.auth.value = keys.auth;
      }
    } catch {
      // The server answers an empty form with what to do.
    }
    form.submit();
  });
})();
