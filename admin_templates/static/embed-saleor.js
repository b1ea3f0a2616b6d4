// Tells Saleor's dashboard that the frame is ready, takes the token that it answers with, and sends it on. Only the
// dashboard's own window, at an origin that Vefa knows, is listened to.
(() => {
  "use strict";
  const PATIENCE = 10000;
  const form = document.getElementById("embed");
  const origins = form.dataset.origins.split(" ").filter(Boolean);

  const late = setTimeout(() => {
    document.getElementById("embed-asked").hidden = true;
    document.getElementById("embed-failed").hidden = false;
  }, PATIENCE);

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || !origins.includes(event.origin)) return;
    const token = event.data?.type === "handshake" && event.data.payload?.token;
    if (typeof token !== "string" || !token || form.elements.token.value) return;
    clearTimeout(late);
    form.elements.token.value = token;
    form.submit();
  });

  const ready = { type: "notifyReady", payload: { actionId: `vefa-${Date.now()}` } };
  for (const origin of origins) window.parent.postMessage(ready, origin);
})();
