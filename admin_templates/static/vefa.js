// Keys for lists, and which row is open. Everything here is a shortcut: the panel works without it.
(() => {
  "use strict";
  const OFF = "vefa-keys-off";
  const inField = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const link = (row) => row.querySelector("a[data-open]");

  // In a frame of another site the browser may refuse to keep anything; then the choice lasts as long as the page.
  let off = false;
  const keysOff = () => {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return off;
    }
  };
  const turnKeys = (isOff) => {
    off = isOff;
    try {
      if (isOff) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch {
      // It lasts as long as the page.
    }
  };

  const mark = (row) => {
    rows().forEach((each) => each.setAttribute("aria-selected", each === row));
  };

  const current = () => {
    const focused = document.activeElement?.closest("[data-row]");
    return focused ?? document.querySelector("[data-row][aria-selected=true]");
  };

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const onLink = document.activeElement?.closest("[data-row]");
    const next = onLink ? Math.min(Math.max(at + step, 0), all.length - 1) : Math.max(at, 0);
    link(all[next]).focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  const search = () => {
    const field = document.getElementById("search");
    field?.focus();
    field?.select();
    return Boolean(field);
  };

  const help = () => {
    document.getElementById("keys-on").checked = !keysOff();
    document.getElementById("keys").showModal();
  };

  const act = (event) => {
    if (event.key === "?" || event.key === "؟" || (event.code === "Slash" && event.shiftKey)) return help();
    if (keysOff()) return false;
    if (event.code === "KeyJ") return move(1);
    if (event.code === "KeyK") return move(-1);
    if (event.key === "/" || event.code === "Slash") return search();
    const keyed = document.querySelector(`[data-key="${event.code}"]`);
    if (keyed) return keyed.matches("textarea, input") ? keyed.focus() : keyed.click();
    if (event.code === "Enter" && document.activeElement === document.body) return current() && link(current()).click();
    return false;
  };

  const send = (event) => {
    if (event.code !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches?.("textarea")) return false;
    event.target.form?.requestSubmit();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (send(event)) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) return;
    if (act(event) !== false) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opened = event.target.closest("a[data-open]");
    if (opened) mark(opened.closest("[data-row]"));
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-on") turnKeys(!event.target.checked);
  });
})();
