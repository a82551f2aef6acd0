// What every page does: menus close, ctrl+Enter sends, and behaviours that the
// page names (data-behaviour="draft") are fetched. Without script all still works.

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

const named = new Map();
for (const element of document.querySelectorAll("[data-behaviour]")) {
  for (const name of element.dataset.behaviour.split(" ")) {
    named.set(name, [...(named.get(name) ?? []), element]);
  }
}
for (const [name, elements] of named) {
  import(`./${name}.js${version}`).then((module) => elements.forEach(module.improve));
}
