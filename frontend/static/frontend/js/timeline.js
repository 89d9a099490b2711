// Choosing a period on a row: drag or click with mouse or finger, or the arrow keys.
// Left and right move the start by a step, with Shift the end; Enter opens the sheet.
const board = document.querySelector("#board");
const spoken = document.querySelector("#spoken");

const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const pad = (value) => String(value).padStart(2, "0");
const clock = (minute, mark) => `${pad(Math.floor(minute / 60))}${mark}${pad(minute % 60)}`;
const range = (start, end) => `${clock(start, ".")}–${clock(end, ".")}`;

// A stretch is the free gap under the pointer or the focus, with its row's rules.
function stretchOf(slot) {
  const row = slot.closest(".tl-row");
  const view = slot.closest(".timeline");
  return {
    slot, row, view,
    first: minutes(slot.dataset.s),
    last: minutes(slot.dataset.e),
    step: Number(row.dataset.step),
    least: Number(row.dataset.min),
    most: Number(row.dataset.max),
    length: Number(view.dataset.length),
  };
}

function fitted(stretch, start, end) {
  const { first, last, step, least, most } = stretch;
  const on = (value, round) => round(value / step) * step;
  start = Math.min(Math.max(on(start, Math.round), first), last - least);
  end = Math.max(on(end, Math.round), start + least);
  end = Math.min(end, start + most, last);
  return { ...stretch, start, end };
}

function hrefOf({ row, view, start, end }) {
  const day = view.dataset.date;
  const people = view.dataset.people ? `&people=${view.dataset.people}` : "";
  return `${board.dataset.book}?space=${row.dataset.space}&start=${day}T${clock(start, ":")}&end=${day}T${clock(end, ":")}${people}`;
}

// --- What is chosen is drawn on the row and said -------------------------------------------
const ghost = document.createElement("li");
ghost.className = "slot";
ghost.dataset.state = "selected";
ghost.append(document.createElement("span"));

function draw(choice, tell) {
  ghost.dataset.s = clock(Math.floor(choice.start / 5) * 5, ":");
  ghost.dataset.e = clock(Math.ceil(choice.end / 5) * 5, ":");
  ghost.firstChild.textContent = range(choice.start, choice.end);
  const track = choice.slot.parentElement;
  if (ghost.parentElement !== track) track.append(ghost);
  if (tell) {
    const words = [choice.row.getAttribute("aria-label"), choice.view.dataset.day, range(choice.start, choice.end), board.dataset.chosenWord];
    spoken.textContent = words.join(", ");
  }
}

function openSheet(choice) {
  dispatchEvent(new CustomEvent("sheet:open", { detail: { href: hrefOf(choice), from: choice.slot.querySelector("a") } }));
}

// --- Pointer -----------------------------------------------------------------------------------
let drag = null;

function minuteAt(track, x) {
  const box = track.getBoundingClientRect();
  const style = getComputedStyle(track);
  const from = Number(style.getPropertyValue("--from")) * 5;
  const show = Number(style.getPropertyValue("--show")) * 5;
  return from + ((x - box.left) / box.width) * show;
}

board.addEventListener("pointerdown", (event) => {
  const slot = event.target.closest('.slot[data-state="free"]');
  if (!slot?.querySelector("a") || event.button) return;
  const stretch = stretchOf(slot);
  const track = slot.parentElement;
  drag = { stretch, track, from: minuteAt(track, event.clientX), x: event.clientX, moved: false, pointer: event.pointerType };
});

addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.moved && Math.abs(event.clientX - drag.x) < 6) return;
  drag.moved = true;
  drag.track.dataset.dragging = "";
  const at = minuteAt(drag.track, event.clientX);
  drag.choice = fitted(drag.stretch, Math.min(drag.from, at), Math.max(drag.from, at));
  draw(drag.choice, false);
});

addEventListener("pointerup", () => {
  if (!drag) return;
  delete drag.track.dataset.dragging;
  if (drag.moved && drag.choice) {
    draw(drag.choice, true);
    openSheet(drag.choice);
    suppressClick = true;
    setTimeout(() => { suppressClick = false; }, 50);
  }
  drag = null;
});
addEventListener("pointercancel", () => {
  if (drag) delete drag.track.dataset.dragging;
  drag = null;
  ghost.remove();
});

// A click begins where it fell, with the asked length; the link alone would begin at the asked time.
let suppressClick = false;
board.addEventListener("click", (event) => {
  const slot = event.target.closest('.slot[data-state="free"]');
  if (!slot?.querySelector("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (suppressClick) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (!event.detail) return; // from the keyboard: the link, or what the arrows chose
  const stretch = stretchOf(slot);
  const at = Math.floor(minuteAt(slot.parentElement, event.clientX) / stretch.step) * stretch.step;
  const asked = minutes(stretch.view.dataset.s);
  const inside = at >= asked && at < asked + stretch.length && asked >= stretch.first && asked + stretch.length <= stretch.last;
  const start = inside ? asked : Math.min(at, Math.max(stretch.last - stretch.length, stretch.first));
  const choice = fitted(stretch, start, start + stretch.length);
  event.preventDefault();
  event.stopPropagation();
  draw(choice, true);
  openSheet(choice);
}, true);
board.addEventListener("dragstart", (event) => event.preventDefault());

// --- Keys ----------------------------------------------------------------------------------------
let choice = null;

board.addEventListener("keydown", (event) => {
  const slot = event.target.closest('.slot[data-state="free"]');
  if (!slot) return moveBetween(event);
  const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (turn) {
    event.preventDefault();
    const stretch = stretchOf(slot);
    if (choice?.slot !== slot) choice = initial(stretch);
    else if (event.shiftKey) choice = fitted(stretch, choice.start, choice.end + turn * stretch.step);
    else choice = shifted(stretch, choice, turn);
    draw(choice, true);
  } else if (event.key === "Enter" && choice?.slot === slot) {
    event.preventDefault();
    openSheet(choice);
  } else moveBetween(event);
});

function initial(stretch) {
  const link = new URL(stretch.slot.querySelector("a").href);
  const at = (name) => minutes(link.searchParams.get(name).slice(11));
  return { ...stretch, start: at("start"), end: at("end") };
}

function shifted(stretch, { start, end }, turn) {
  const length = end - start;
  const next = Math.min(Math.max(start + turn * stretch.step, stretch.first), Math.max(stretch.last - length, stretch.first));
  return { ...stretch, start: next, end: Math.min(next + length, stretch.last) };
}

// Up and down go to the row above or below, to what lies nearest there.
function moveBetween(event) {
  const turn = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const slot = event.target.closest(".slot");
  if (!turn || !slot) return;
  const rows = [...board.querySelectorAll(".tl-row")];
  const row = rows[rows.indexOf(slot.closest(".tl-row")) + turn];
  const links = [...(row?.querySelectorAll(".track .slot > :is(a, button)") ?? [])];
  if (!links.length) return;
  event.preventDefault();
  const here = minutes(slot.dataset.s);
  const away = (link) => Math.abs(minutes(link.parentElement.dataset.s) - here);
  links.sort((a, b) => away(a) - away(b))[0].focus();
}

// Fresh rows take the place of old ones: what the arrows chose is looked for on the new row, and
// given up only when somebody else has taken it.
let kept = null;
addEventListener("board:changing", () => { kept = choice; });
addEventListener("board:changed", () => {
  if (!kept) return;
  const row = document.getElementById(kept.row.id);
  const slot = [...(row?.querySelectorAll('.slot[data-state="free"]') ?? [])].find(
    ({ dataset, firstElementChild }) => firstElementChild && minutes(dataset.s) <= kept.start && kept.end <= minutes(dataset.e),
  );
  if (!slot) ghost.remove();
  else {
    slot.querySelector("a").focus({ preventScroll: true });
    choice = { ...stretchOf(slot), start: kept.start, end: kept.end };
    draw(choice, false);
  }
  kept = null;
});

board.addEventListener("focusout", (event) => {
  if (choice && !choice.slot.contains(event.relatedTarget)) choice = null;
});
