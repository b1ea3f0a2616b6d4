// Asks Shopify's App Bridge for the token of whoever opened the frame, and sends it on. Where App Bridge cannot be
// loaded, the one that Shopify has put into the frame's first address does as well.
(() => {
  "use strict";
  const PATIENCE = 10000;
  const form = document.getElementById("embed");
  const given = new URLSearchParams(location.search).get("id_token");

  const send = (token) => {
    form.elements.token.value = token;
    form.submit();
  };
  const tell = () => {
    document.getElementById("embed-asked").hidden = true;
    document.getElementById("embed-failed").hidden = false;
  };
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error("late")), PATIENCE));
  const asked = window.shopify?.idToken ? window.shopify.idToken() : Promise.reject(new Error("absent"));

  Promise.race([asked, late]).then(send, () => (given ? send(given) : tell()));
})();
