// A date and time on the newsroom's wall clock: said at once where the clock skips it, and asked which of the two is
// meant where it shows it twice. The server refuses both unless it is told.
"use strict";
{
  const look = (moment) => {
    const [input, which] = moment.querySelectorAll("input, select");
    const wall = input.value.slice(0, 16);
    const changes = JSON.parse(moment.dataset.changes);
    const change = wall && changes.find(({ span: [from, to] }) => wall >= from && wall < to);
    moment.querySelector(".moment-which").hidden = change?.kind !== "twice";
    if (change?.kind !== "twice") which.value = "";
    moment.querySelector(".moment-said").textContent = change ? moment.dataset[change.kind] : "";
  };
  // On the document, since a save puts a new panel in the place of the old one.
  document.addEventListener("input", (event) => {
    const moment = event.target.closest(".moment");
    if (moment && event.target.matches("input")) look(moment);
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".moment").forEach(look));
}
