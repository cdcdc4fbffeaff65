// Runs once, when the evidence pane is on the page. One listener on the document answers to every button that
// ui/render.py writes, so that the buttons of older messages keep working and no markup carries a script.
let opener = null;

const article = () => element.querySelector("article.evidence");

const showMark = () => {
  const shown = article();
  document.body.classList.toggle("reading", Boolean(shown));
  if (!shown) return;
  const pages = shown.querySelector(".pages");
  const mark = shown.querySelector("mark.cited");
  if (pages) pages.scrollTop = mark ? mark.offsetTop - pages.offsetTop - pages.clientHeight / 3 : 0;
  shown.querySelector("[tabindex]")?.focus({ preventScroll: true });
};

const nothing = props.value;

const close = () => {
  props.value = nothing;
  document.body.classList.remove("reading");
  document.querySelectorAll("button:is(.cite, .compare).open").forEach((chip) => chip.classList.remove("open"));
  if (opener?.isConnected) opener.focus();
};

// A citation, or the comparison of a claim.
const open = (chip) => {
  document.querySelectorAll("button:is(.cite, .compare).open").forEach((other) => other.classList.remove("open"));
  chip.classList.add("open");
  // From within the pane nothing is left to go back to but what opened the pane.
  if (!element.contains(chip)) opener = chip;
  // The pane tells us of a change only; the same citation once more is just shown again.
  if (article()?.dataset.reference === chip.value) showMark();
  else if (chip.classList.contains("compare")) trigger("compare", { claim: chip.value });
  else trigger("cite", { reference: chip.value });
};

const copy = async (button) => {
  const lines = [...button.parentElement.querySelectorAll(".plain p")].map((line) => line.textContent);
  const words = lines.join("\n").trim() + "\n";
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Browsers offer the clipboard only to pages served over HTTPS or from this very machine.
    const area = Object.assign(document.createElement("textarea"), { value: words });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 2000);
};

const narrow = (button) => {
  const narrowed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", narrowed);
  button.parentElement.querySelector("ol.checked").classList.toggle("narrowed", narrowed);
};

const darken = (dark) => {
  document.body.classList.toggle("dark", dark);
  localStorage.setItem("yardstick-dark", dark ? "yes" : "no");
};

const actions = {
  cite: open,
  compare: open,
  close,
  copy,
  only: narrow,
  ask: (button) => trigger("ask", { question: button.value }),
  rate: (button) => trigger("rate", { rating: button.value }),
  remove: (button) => trigger("remove", { briefing: button.value }),
  "go-library": () => trigger("library"),
  filters: () => document.querySelector("#filters .toggle-button").click(),
  theme: () => darken(!document.body.classList.contains("dark")),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  const name = button && Object.keys(actions).find((known) => button.classList.contains(known));
  if (name) actions[name](button);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && article()) close();
});

watch("value", showMark);

// A new question goes to the top of the conversation, so that its answer is read from its beginning.
let questions = 0;
const settle = () => {
  const asked = document.querySelectorAll("#conversation .question");
  if (asked.length > questions) asked[asked.length - 1].scrollIntoView({ block: "start" });
  questions = asked.length;
  // Gradio labels each message with its own markup, which a screen reader would read out.
  document.querySelectorAll("#conversation [data-testid][aria-label]").forEach((message) => message.removeAttribute("aria-label"));
  document.querySelectorAll("#filters .date input[type=text]").forEach((input) => (input.type = "date"));
};
new MutationObserver(settle).observe(document.body, { childList: true, subtree: true });
settle();

const chosen = localStorage.getItem("yardstick-dark");
if (chosen) document.body.classList.toggle("dark", chosen === "yes");
