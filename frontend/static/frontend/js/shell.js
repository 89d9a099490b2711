// The theme changes at once; the form still tells the server, which remembers it.
const form = document.querySelector("form.theme");

form?.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (!submitter) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set("theme", submitter.value);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (submitter.value === "device") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = submitter.value;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === submitter));
  }
});
