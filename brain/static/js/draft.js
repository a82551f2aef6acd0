// data-behaviour="draft": what is being written is kept in this browser until it has
// arrived. data-draft names the draft, else page and field do; data-said and data-drop
// hold the words shown when a draft is brought back.

const KEPT_FOR = 30 * 24 * 3600 * 1000;
const PAUSE = 400;

function keyOf(field) {
  const member = document.documentElement.dataset.member ?? "";
  return `draft/${member}/${field.dataset.draft ?? location.pathname + "#" + field.name}`;
}

function keep(field, key) {
  if (field.value === field.defaultValue) localStorage.removeItem(key);
  else {
    const draft = { text: field.value, from: field.defaultValue, at: Date.now() };
    localStorage.setItem(key, JSON.stringify(draft));
  }
}

// A draft comes back only over the text it was begun from: a text refused by the server
// or changed by somebody else in the meantime is not written over.
function bringBack(field, key) {
  const draft = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!draft || draft.from !== field.defaultValue || draft.text === field.value) return;
  if (Date.now() - draft.at > KEPT_FOR) return localStorage.removeItem(key);
  field.value = draft.text;
  const line = document.createElement("p");
  line.className = "hint";
  line.setAttribute("role", "status");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-quiet btn-small";
  drop.textContent = field.dataset.drop;
  drop.addEventListener("click", () => {
    field.value = field.defaultValue;
    localStorage.removeItem(key);
    line.remove();
    field.focus();
  });
  line.append(`${field.dataset.said} `, drop);
  field.before(line);
}

// Several fields of a form are sent together, and after a refusal once more.
function noteSent(key) {
  const page = location.pathname;
  const before = ["sent", "again"]
    .map((name) => JSON.parse(sessionStorage.getItem(name) ?? "null"))
    .filter((note) => note?.page === page);
  const keys = [...before.flatMap((note) => note.keys), key];
  sessionStorage.setItem("sent", JSON.stringify({ page, keys }));
}

export function improve(field) {
  const key = keyOf(field);
  let timer = 0;
  const keepNow = () => {
    clearTimeout(timer);
    timer = 0;
    keep(field, key);
  };
  bringBack(field, key);
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, PAUSE);
  });
  addEventListener("pagehide", () => timer && keepNow());
  field.form?.addEventListener("submit", () => {
    keepNow();
    noteSent(key);
  });
}
