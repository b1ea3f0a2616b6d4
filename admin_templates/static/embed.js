// Goes on into the panel inside a platform's admin. Where the browser keeps the session's cookie, that is all. Where
// it keeps none, the panel's pages are fetched and shown within this one document, which alone knows the session's
// handle: it shows it in a header, or in a field of a form that opens a letter in a frame; never in an address.
(() => {
  "use strict";
  const HEADER = "X-Vefa-Session";
  const opening = document.getElementById("embed");
  const { home, check, failed } = opening.dataset;
  const handle = opening.elements.vefa_session.value;
  let latest = 0;
  let frames = 0;

  const isOurs = (url) => url.origin === location.origin && url.pathname.startsWith(home);
  const elsewhere = (target) => target && target !== "_self";

  const hidden = (form, name, value) => {
    const field = form.elements[name] ?? form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  };

  const post = (address, target) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: address, target, hidden: true });
    hidden(form, "vefa_session", handle);
    hidden(form, "csrf_token", document.querySelector("input[name=csrf_token]")?.value ?? "");
    document.body.append(form);
    form.submit();
    form.remove();
  };

  const fill = (frame) => {
    const address = frame.dataset.address;
    delete frame.dataset.address;
    post(address, frame.name);
  };

  const hold = (frame) => {
    const address = frame.getAttribute("src");
    if (!address || !isOurs(new URL(address, location.href))) return false;
    frame.dataset.address = address;
    frame.removeAttribute("src");
    frame.name ||= `vefa-frame-${++frames}`;
    return true;
  };

  // A frame takes its name when it comes into the page, and no other later.
  const anew = (frame) => {
    const twin = frame.cloneNode();
    if (!hold(twin)) return;
    frame.replaceWith(twin);
    fill(twin);
  };

  const save = async (answer) => {
    const named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = named?.[1] ?? "vefa";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const loaded = (element) =>
    new Promise((done) => {
      element.onload = element.onerror = done;
      document.head.append(element);
    });

  const dress = async (head) => {
    const has = (tag, name, value) => [...document.head.querySelectorAll(tag)].some((one) => one.getAttribute(name) === value);
    const setting = head.querySelector("meta[name=htmx-config]");
    if (setting && !document.head.querySelector("meta[name=htmx-config]")) document.head.append(setting);
    const sheets = [...head.querySelectorAll("link[rel=stylesheet]")];
    const wanted = sheets.map((one) => one.getAttribute("href"));
    const old = [...document.head.querySelectorAll("link[rel=stylesheet]")].filter((one) => !wanted.includes(one.getAttribute("href")));
    await Promise.all(sheets.filter((one) => !has("link", "href", one.getAttribute("href"))).map((one) => loaded(document.importNode(one))));
    old.forEach((one) => one.remove());
    return async () => {
      for (const one of head.querySelectorAll("script[src]")) {
        if (has("script", "src", one.getAttribute("src"))) continue;
        await loaded(Object.assign(document.createElement("script"), { src: one.getAttribute("src"), async: false }));
      }
    };
  };

  const show = async (page, number) => {
    const scripts = await dress(page.head);
    if (number !== latest) return;
    for (const name of ["lang", "dir", "data-bs-theme"]) {
      document.documentElement.setAttribute(name, page.documentElement.getAttribute(name) ?? "");
    }
    document.title = page.title;
    const held = [...page.querySelectorAll("iframe")].filter(hold);
    document.body.replaceWith(document.adoptNode(page.body));
    window.htmx?.process(document.body);
    await scripts();
    held.forEach(fill);
    const at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (at) at.scrollIntoView();
    else window.scrollTo(0, 0);
    document.querySelector("[autofocus]")?.focus();
  };

  const tell = () => {
    const line = Object.assign(document.createElement("p"), { textContent: failed, role: "alert" });
    (document.querySelector("main") ?? document.body).prepend(line);
  };

  const go = async (address, options = {}, keep = true) => {
    const number = ++latest;
    const wanted = new URL(address, location.href);
    try {
      const answer = await fetch(wanted, { ...options, credentials: "omit", headers: { [HEADER]: handle } });
      const isPage = (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
      if (!isPage || answer.headers.has("Content-Disposition")) return await save(answer);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number !== latest) return undefined;
      const hash = answer.redirected ? "" : wanted.hash;
      if (keep && (!options.method || answer.redirected)) history.pushState({ vefa: true }, "", answer.url + hash);
      return await show(page, number);
    } catch {
      return tell();
    }
  };

  const follow = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href, location.href);
    const samePage = url.pathname === location.pathname && url.search === location.search && url.hash;
    if (!isOurs(url) || samePage) return;
    event.preventDefault();
    if (elsewhere(link.target)) post(url.href, link.target);
    else go(url);
  };

  const send = (event) => {
    const [form, by] = [event.target, event.submitter];
    const said = (name) => by?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
    const method = (said("method") || "get").toLowerCase();
    const url = new URL(said("action"), location.href);
    if (event.defaultPrevented || method === "dialog" || !isOurs(url)) return;
    if (elsewhere(said("target"))) {
      if (method === "post") hidden(form, "vefa_session", handle);
      return;
    }
    event.preventDefault();
    const data = new FormData(form, by);
    if (method === "get") {
      url.search = new URLSearchParams(data);
      go(url);
    } else {
      const whole = said("enctype") === "multipart/form-data";
      go(url, { method: "POST", body: whole ? data : new URLSearchParams(data) });
    }
  };

  const withoutCookies = () => {
    document.addEventListener("click", follow);
    document.addEventListener("submit", send);
    document.addEventListener("htmx:config:request", (event) => {
      event.detail.ctx.request.headers[HEADER] = handle;
    });
    document.addEventListener("htmx:before:swap", (event) => {
      // A visit that is over is told by a whole page, not by a part of one.
      if (event.detail.ctx.response?.status !== 401) return;
      event.preventDefault();
      go(location.href, {}, false);
    });
    window.addEventListener("popstate", (event) => {
      if (event.state?.vefa) go(location.href, {}, false);
    });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          if (node.nodeType === Node.ELEMENT_NODE) node.querySelectorAll("iframe[src]").forEach(anew);
        }
      }
    }).observe(document.documentElement, { childList: true, subtree: true });
    go(home);
  };

  fetch(check, { credentials: "same-origin", redirect: "manual" }).then(
    (answer) => (answer.status === 204 ? location.replace(home) : withoutCookies()),
    tell,
  );
})();
