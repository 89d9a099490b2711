// The day beside the sheet: opens and closes the sheet without leaving the page, and keeps
// the rows fresh. Every link works without this.
const board = document.querySelector("#board");
const wide = matchMedia("(min-width: 64.01rem)");
let poll = board.dataset.poll;
let chosen = board.dataset.chosen;
let etag = "";
let opener = null;
let openerRow = null;
let here = "";

const sheet = () => document.querySelector("#sheet");
const bookLink = (target) => target.closest?.(`a[href^="${board.dataset.book}?"]`);

// --- The sheet ---------------------------------------------------------------------------
async function open(href, from) {
  opener = from;
  openerRow = from?.closest(".tl-row")?.id ?? null;
  await htmx.ajax("GET", href, { target: "#sheet", swap: "outerHTML" });
}

const address = () => location.pathname + location.search;

function shown() {
  here = address();
  const dialog = sheet();
  if (dialog?.localName !== "dialog") return;
  chosen = dialog.dataset.chosen ?? "";
  if (!wide.matches && !dialog.matches(":modal")) {
    dialog.close();
    dialog.showModal();
  }
  countDown(dialog);
}

function close(href) {
  const dialog = sheet();
  if (dialog?.localName !== "dialog") return;
  const empty = document.createElement("div");
  empty.id = "sheet";
  empty.hidden = true;
  dialog.replaceWith(empty);
  chosen = "";
  history.pushState(null, "", href);
  here = address();
  const row = openerRow && document.getElementById(openerRow);
  (opener?.isConnected ? opener : row && row.querySelector(".track a"))?.focus();
  refresh();
}

// --- What was kept for somebody runs out on the page, too ----------------------------------
function countDown(dialog) {
  const clock = dialog.querySelector("[data-until]");
  if (!clock) return;
  const until = Date.parse(clock.dataset.until);
  const tick = () => {
    const left = Math.round((until - Date.now()) / 1000);
    if (!clock.isConnected || left < 0) return clearInterval(timer);
    clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}.${String(left % 60).padStart(2, "0")}`;
  };
  const timer = setInterval(tick, 1000);
}

// --- Fresh rows ------------------------------------------------------------------------------
// Rows are compared with what the server sent last, so that one in use is left alone.
const sent = new Map();
const remember = (root) => {
  for (const row of root.querySelectorAll(".tl-row")) sent.set(row.id, row.outerHTML);
};

async function refresh() {
  const url = `${poll}${chosen ? `&chosen=${encodeURIComponent(chosen)}` : ""}`;
  const headers = etag ? { "If-None-Match": etag } : {};
  const response = await fetch(url, { headers, cache: "no-store" }).catch(() => null);
  if (!response?.ok || document.querySelector("[data-dragging]")) return;
  etag = response.headers.get("ETag") ?? "";
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const sections = (root) => [...root.querySelectorAll(".timeline")].map((one) => one.id).join();
  const focus = focused();
  dispatchEvent(new CustomEvent("board:changing"));
  if (sections(fresh) === sections(board)) fresh.querySelectorAll(".timeline").forEach(renew);
  else board.innerHTML = fresh.querySelector("#board").innerHTML;
  document.querySelector("#answer").replaceChildren(...fresh.querySelector("#answer").childNodes);
  remember(fresh);
  restore(focus);
  dispatchEvent(new CustomEvent("board:changed"));
}

function renew(section) {
  const old = document.getElementById(section.id);
  old.querySelector(".tl-head").innerHTML = section.querySelector(".tl-head").innerHTML;
  const body = old.querySelector(".tl-body");
  body.dataset.s = section.querySelector(".tl-body").dataset.s ?? "";
  if (!body.dataset.s) delete body.dataset.s;
  const rows = [...section.querySelectorAll(".tl-row")];
  for (const row of rows) {
    const present = document.getElementById(row.id);
    if (sent.get(row.id) !== row.outerHTML || !present) {
      const copy = document.importNode(row, true);
      if (present) present.replaceWith(copy);
      else body.append(copy);
    }
  }
  const ids = rows.map((row) => row.id);
  for (const row of [...body.children]) if (!ids.includes(row.id)) row.remove();
  ids.forEach((id, index) => {
    const row = document.getElementById(id);
    if (body.children[index] !== row) body.insertBefore(row, body.children[index]);
  });
}

function focused() {
  const active = document.activeElement;
  const row = active?.closest?.(".tl-row");
  if (!row) return null;
  return { row: row.id, href: active.getAttribute("href"), slot: active.closest(".slot")?.dataset.s };
}

function restore(focus) {
  if (!focus || document.activeElement?.closest(".tl-row")) return;
  const row = document.getElementById(focus.row);
  const same = focus.href && row?.querySelector(`a[href="${CSS.escape(focus.href)}"]`);
  (same || row?.querySelector(`.slot[data-s="${focus.slot}"] > :is(a, button)`) || row?.querySelector("a"))?.focus({ preventScroll: true });
}

// --- Events ------------------------------------------------------------------------------------
addEventListener("sheet:open", (event) => open(event.detail.href, event.detail.from));
addEventListener("board:refresh", refresh);
// The skip link, too, is a step of the history; only another address is another page.
addEventListener("popstate", () => address() !== here && location.reload());
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const closing = event.target.closest?.(".sheet-close");
  if (closing) {
    event.preventDefault();
    close(closing.href);
  } else if (board.contains(event.target) && bookLink(event.target)) {
    event.preventDefault();
    const link = bookLink(event.target);
    open(link.href, link);
  }
});
document.addEventListener("keydown", (event) => {
  const link = event.key === "Escape" && sheet()?.querySelector(".sheet-close");
  if (link) close(link.href);
});
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.form?.id === "ask" && field.closest(".filters")) field.form.requestSubmit();
  if (field.closest?.("#sheet") && ["from", "to"].includes(field.name)) {
    htmx.ajax("POST", field.form.action, { source: field.form, target: "#sheet", swap: "outerHTML", values: { act: "preview" } });
  }
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id !== "sheet" && event.target.id !== "sheet") return;
  shown();
  refresh();
  const field = sheet()?.querySelector("[aria-invalid=true]");
  (field ?? sheet()?.querySelector("[role=alert]") ?? sheet()?.querySelector("h2"))?.focus({ preventScroll: true });
});

remember(board);
shown();
setInterval(() => document.visibilityState === "visible" && refresh(), Number(board.dataset.seconds) * 1000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
