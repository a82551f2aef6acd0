// What every page does: menus close, ctrl+Enter sends, drafts end when their text
// arrived, and behaviours that the page names (data-behaviour="draft") are fetched.
// Without script all still works.

const version = new URL(import.meta.url).search;

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    const form = event.target instanceof HTMLTextAreaElement && event.target.form;
    if (form && form.method === "post") form.requestSubmit();
  }
});

// draft.js notes which drafts were sent, and from where. They arrived if the way here led
// straight from that page, the reader is still signed in, nothing was refused and no text
// stands in the form again (a preview). Else they end with what is sent from here.
function endDrafts() {
  const sent = JSON.parse(sessionStorage.getItem("sent") ?? "null");
  sessionStorage.removeItem("sent");
  sessionStorage.removeItem("again");
  const [visit] = performance.getEntriesByType("navigation");
  if (!sent || visit?.type !== "navigate" || !document.referrer) return;
  if (new URL(document.referrer).pathname !== sent.page) return;
  const texts = [...document.querySelectorAll("textarea")];
  if (document.querySelector(".errors, [data-refused]") || texts.some((text) => text.defaultValue)) {
    sessionStorage.setItem("again", JSON.stringify({ page: location.pathname, keys: sent.keys }));
  } else if (document.documentElement.dataset.member) {
    for (const key of sent.keys) localStorage.removeItem(key);
  }
}

// Who signs out leaves no text of theirs on a shared machine.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forgets]")) return;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("draft/")) localStorage.removeItem(key);
  }
});

function fetchBehaviours() {
  const named = new Map();
  for (const element of document.querySelectorAll("[data-behaviour]")) {
    for (const name of element.dataset.behaviour.split(" ")) {
      named.set(name, [...(named.get(name) ?? []), element]);
    }
  }
  for (const [name, elements] of named) {
    import(`./${name}.js${version}`).then((module) => elements.forEach(module.improve));
  }
}

fetchBehaviours();
endDrafts();
