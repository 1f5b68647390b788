// What the pages gain with JavaScript; everything works without it.
"use strict";

const body = document.body;
const typing = (node) => node.closest("input, select, textarea, [contenteditable]") !== null;

// Hide at once: Escape twice within a second leaves for a page that names nothing.
let lastEscape = 0;
let leaving = false;

function hide() {
  leaving = true;
  document.documentElement.hidden = true;
  window.location.replace(body.dataset.quiet);
}

const search = document.querySelector("input[type=search]");
document.querySelector("[data-search-key]").hidden = !search;

// n, / and ? work wherever no text is being typed.
const shortcuts = {
  n: () => document.querySelector('[accesskey="n"]')?.click(),
  "/": () => search?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (event.timeStamp - lastEscape < 1000) hide();
    lastEscape = event.timeStamp;
    return;
  }
  if (event.key === "Enter" && event.ctrlKey && event.target.form) {
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  if (singleKeys.checked && shortcuts[event.key]) {
    event.preventDefault();
    shortcuts[event.key]();
  }
});

// Single keys can be switched off: speech input and slips of the hand would trigger them.
const singleKeys = document.getElementById("single-keys");
const keysButton = document.querySelector("[data-keys]");
singleKeys.checked = localStorage.getItem("single-keys") !== "off";
singleKeys.addEventListener("change", () => localStorage.setItem("single-keys", singleKeys.checked ? "on" : "off"));
keysButton.hidden = false;
keysButton.addEventListener("click", shortcuts["?"]);

document.querySelector(".quiet-key")?.addEventListener("click", (event) => {
  event.preventDefault();
  hide();
});

// What is typed is not lost by leaving the page, and not sent twice.
const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) changed.add(form);
});

window.addEventListener("beforeunload", (event) => {
  if (changed.size && !leaving) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  changed.delete(form);
  if ("download" in form.dataset) return;
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-disabled", "true");
  window.setTimeout(allowAgain, 10000);
});

// After the Back button, or when leaving was called off, the form may be sent again.
function allowAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

window.addEventListener("pageshow", allowAgain);

// Tables of a form: rows are added and deleted on the spot, then numbered anew.
function renumber(table) {
  const name = table.dataset.table;
  const rows = table.querySelector("[data-rows]").children;
  [...rows].forEach((row, index) => {
    row.querySelector("[data-number]").textContent = String(index + 1);
    const place = new RegExp(`^${name.replaceAll(".", "\\.")}\\.(\\d+|__n__)`);
    const mark = name.replaceAll(".", "-");
    const placeId = new RegExp(`f-${mark}-(\\d+|__n__)-`, "g");
    for (const node of row.querySelectorAll("[name], [id], [for], [aria-describedby], button[value]")) {
      if (node.name) node.name = node.name.replace(place, `${name}.${index}`);
      if (node.tagName === "BUTTON") node.value = node.value.replace(place, `${name}.${index}`);
      for (const attribute of ["id", "for", "aria-describedby"]) {
        const value = node.getAttribute(attribute);
        if (value) node.setAttribute(attribute, value.replace(placeId, `f-${mark}-${index}-`));
      }
    }
  });
  table.querySelector("[data-add-row]").hidden = rows.length >= Number(table.dataset.maxRows);
}

document.addEventListener("click", (event) => {
  const adds = event.target.closest("[data-add-row]");
  const removes = event.target.closest("[data-remove-row]");
  if (!adds && !removes) return;
  event.preventDefault();
  const table = event.target.closest("[data-table]");
  if (adds) {
    const blank = table.querySelector("template[data-blank-row]").content.firstElementChild;
    const row = blank.cloneNode(true);
    table.querySelector("[data-rows]").append(row);
    renumber(table);
    row.querySelector("input, select, textarea")?.focus();
  } else {
    const row = removes.closest("[data-row]");
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber(table);
    (near?.querySelector("[data-remove-row]") ?? table.querySelector("[data-add-row]")).focus();
  }
  const form = table.closest("form[data-guard]");
  if (form) changed.add(form);
});

// Filling in one of the ways chooses it.
document.addEventListener("input", (event) => {
  const way = event.target.closest("[data-way]");
  if (way && event.target.type !== "radio") way.querySelector("input[type=radio]").checked = true;
});

document.querySelector("[data-focus]")?.focus();
