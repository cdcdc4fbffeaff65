// Runs once, when the editor of drafts is on the page. It tells the server which line is being read or changed, and shows
// in the editor what the pane beside it says of the lines.
const PAUSE = 250;
let waiting = null;

const boxes = () => [...element.querySelectorAll("textarea")];
// Every line that was typed in, as it stands now: also one that was typed back, or whose last edit is still on its way.
const lines = () => JSON.stringify(Object.fromEntries(boxes().filter((box) => box.dataset.typed).map((box) => [box.name, box.value])));
const fit = (box) => {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
};

const send = (place) => {
  clearTimeout(waiting);
  waiting = null;
  trigger("edit", { line: place, lines: lines() });
};

element.addEventListener("input", (event) => {
  const box = event.target.closest?.("textarea");
  if (!box) return;
  fit(box);
  box.dataset.typed = true;
  clearTimeout(waiting);
  waiting = setTimeout(() => send(box.name), PAUSE);
});

element.addEventListener("focusin", (event) => {
  const box = event.target.closest?.("textarea");
  if (!box) return;
  if (waiting) send(box.name);
  else trigger("line", { line: box.name });
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#export")) return trigger("save", { lines: lines() });
  const button = event.target.closest?.("button.restore, button.accept");
  if (!button) return;
  if (button.classList.contains("restore")) {
    clearTimeout(waiting);
    waiting = null;
    restoring = true;
    return trigger("restore", { line: button.value });
  }
  const reason = button.parentElement.querySelector("input[name=reason]");
  trigger("accept", { line: button.value, reason: reason.value });
});

// What the pane says of the lines, and a file that is ready.
let saved = null;
let restoring = false;
const restore = (pane) => {
  const box = boxes().find((one) => one.name === pane.dataset.line);
  if (!box || pane.dataset.words === undefined) return;
  // The editor is not drawn again where it was drawn with these very words before.
  box.value = pane.dataset.words;
  fit(box);
  restoring = false;
};
const settle = () => {
  const pane = document.querySelector("#evidence article.draft-line");
  if (pane) {
    if (restoring) restore(pane);
    element.querySelectorAll("[data-line]").forEach((line) => {
      ["open", "accepted", "edited"].forEach((state) => {
        line.classList.toggle(state, pane.dataset[state].split(" ").includes(line.dataset.line));
      });
    });
    const state = element.querySelector("p.state");
    if (state && state.textContent !== pane.dataset.summary) state.textContent = pane.dataset.summary;
  }
  const file = document.querySelector("#exported .export");
  // The element stays the same from one export to the next.
  if (file && file.dataset.at !== saved) {
    saved = file.dataset.at;
    const bytes = Uint8Array.from(atob(file.dataset.content), (char) => char.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes]));
    const link = Object.assign(document.createElement("a"), { href: url, download: file.dataset.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    file.textContent = `Saved as ${file.dataset.name}.`;
  }
};
new MutationObserver(settle).observe(document.body, { childList: true, subtree: true });

watch("value", () => requestAnimationFrame(() => boxes().forEach(fit)));
