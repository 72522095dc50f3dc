// A date and time on the newsroom's wall clock: said at once where the clock skips it, and asked which of the two is
// meant where it shows it twice. The server refuses both unless it is told.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const moment of document.querySelectorAll(".moment")) {
    const [input, which] = moment.querySelectorAll("input, select");
    const said = moment.querySelector(".moment-said");
    const changes = JSON.parse(moment.dataset.changes);
    const look = () => {
      const wall = input.value.slice(0, 16);
      const change = wall && changes.find(({ span: [from, to] }) => wall >= from && wall < to);
      moment.querySelector(".moment-which").hidden = change?.kind !== "twice";
      if (change?.kind !== "twice") which.value = "";
      said.textContent = change ? moment.dataset[change.kind] : "";
    };
    input.addEventListener("input", look);
    look();
  }
});
