// Sending a file with its progress in sight; without JavaScript the form is sent as any other.
"use strict";

const form = document.querySelector("form[data-upload]");
const file = form.querySelector("input[type=file]");
const shown = form.querySelector("[data-upload-progress]");
const text = shown.querySelector("[data-upload-text]");
const bar = shown.querySelector("progress");
const summary = document.querySelector("[data-upload-errors]");
let sending = null;

// A file that is too large is told before a byte is sent.
file.addEventListener("change", () => {
  const chosen = file.files[0];
  file.setCustomValidity(chosen && chosen.size > Number(file.dataset.most) ? file.dataset.tooLarge : "");
  file.reportValidity();
});

function end(message) {
  sending = null;
  bar.hidden = true;
  shown.querySelector("[data-upload-cancel]").hidden = true;
  shown.hidden = !message;
  text.textContent = message;
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

function begin() {
  summary.replaceChildren();
  shown.hidden = false;
  bar.hidden = false;
  bar.value = 0;
  shown.querySelector("[data-upload-cancel]").hidden = false;
  text.textContent = shown.dataset.sending;
}

// What stands in the way comes as a page: what it says is shown here, and what was typed and chosen stays.
function refuse(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const found = answer.querySelector("#error-summary");
  const said = [...answer.querySelectorAll("main h1, main h1 ~ p")].map((node) => node.textContent.trim());
  end(found ? "" : said.join(" ") || shown.dataset.failed);
  if (!found) return;
  summary.replaceChildren(document.importNode(found, true));
  summary.firstElementChild.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (sending) return;
  const request = new XMLHttpRequest();
  sending = request;
  request.upload.addEventListener("progress", (sent) => {
    if (!sent.lengthComputable) return;
    const percent = Math.floor((100 * sent.loaded) / sent.total);
    bar.value = percent;
    text.textContent = percent < 100 ? `${shown.dataset.sending}: ${percent} %` : shown.dataset.sealing;
  });
  request.addEventListener("load", () => {
    if (request.status === 201) window.location.assign(request.getResponseHeader("Location"));
    else refuse(request.responseText);
  });
  request.addEventListener("error", () => end(shown.dataset.failed));
  request.addEventListener("abort", () => end(""));
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  begin();
  request.send(new FormData(form));
});

shown.querySelector("[data-upload-cancel]").addEventListener("click", () => sending?.abort());
