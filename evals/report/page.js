// Filters over the cases of the page. Without this script every case is there all the same, grouped by its state.

const form = document.querySelector(".filters");
const cases = [...document.querySelectorAll(".case")];
const groups = [...document.querySelectorAll(".group")];
const texts = new Map(cases.map((one) => [one, one.textContent.toLowerCase()]));

function show() {
  const chosen = new FormData(form);
  const states = chosen.getAll("state");
  const words = chosen.get("words").toLowerCase().split(/\s+/).filter(Boolean);
  const counts = {};
  let shown = 0;
  for (const one of cases) {
    const { kind, slices, states: own } = one.dataset;
    const fits =
      (!chosen.get("kind") || kind === chosen.get("kind")) &&
      (!chosen.get("slice") || slices.split(" ").includes(chosen.get("slice"))) &&
      words.every((word) => texts.get(one).includes(word));
    const mine = own.split(" ");
    // What a state would show is counted without regard to the states chosen.
    if (fits) for (const state of mine) counts[state] = (counts[state] ?? 0) + 1;
    one.hidden = !fits || (states.length > 0 && !mine.some((state) => states.includes(state)));
    shown += !one.hidden;
  }
  for (const group of groups) {
    const left = group.querySelectorAll(".case:not([hidden])").length;
    group.hidden = !left;
    group.querySelector("h3 .count").textContent = ` ${left}`;
  }
  for (const count of form.querySelectorAll("[data-state]")) {
    count.textContent = counts[count.dataset.state] ?? 0;
    count.parentElement.classList.toggle("none", !counts[count.dataset.state]);
  }
  form.querySelector(".shown").textContent =
    shown === cases.length ? `${shown} cases` : `${shown} of ${cases.length} cases`;
}

// A link to a case opens it, whatever is filtered.
function follow() {
  const one = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest(".case");
  if (!one) return;
  if (one.hidden) form.reset();
  one.open = true;
  one.scrollIntoView();
}

form.hidden = false;
form.addEventListener("input", show);
// The form is still as it was while it is being reset.
form.addEventListener("reset", () => setTimeout(show));
form.addEventListener("submit", (event) => event.preventDefault());
form.elements.open.addEventListener("click", () => {
  const shown = cases.filter((one) => !one.hidden);
  const open = shown.some((one) => !one.open);
  for (const one of shown) one.open = open;
});
addEventListener("hashchange", follow);
show();
follow();
