// Passkeys: hands the server's options to the browser's own dialogue, and the answer back in the form.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const given = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user ? { user: { ...options.user, id: bytes(options.user.id) } } : {}),
    ...(options.excludeCredentials ? { excludeCredentials: named(options.excludeCredentials) } : {}),
    ...(options.allowCredentials ? { allowCredentials: named(options.allowCredentials) } : {}),
  });

  const answer = (credential) => {
    const { response } = credential;
    const made = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      made.attestationObject = text(response.attestationObject);
      if (response.getTransports) made.transports = response.getTransports();
    } else {
      made.authenticatorData = text(response.authenticatorData);
      made.signature = text(response.signature);
      if (response.userHandle) made.userHandle = text(response.userHandle);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: made,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const submit = async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form || form.elements.response.value) return;
    event.preventDefault();
    const told = form.querySelector("[data-told]");
    told.textContent = "";
    try {
      const publicKey = given(JSON.parse(document.getElementById("passkey-options").textContent));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.response.value = JSON.stringify(answer(credential));
      form.submit();
    } catch {
      told.textContent = form.dataset.failed;
    }
  };

  document.addEventListener("submit", submit);
})();
