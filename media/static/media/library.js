// The library's pages: uploads by button and by drop, filters that work at once, many photos at once, a new file.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const desk = window.photoDesk;
  desk.frame(document);

  const words = document.querySelector("#content-main .uploads");
  if (words) {
    const queue = document.querySelector(".upload-queue");
    const after = queue.querySelector(".upload-after");
    const [complete, shown] = after.querySelectorAll("a");
    const uploads = desk.uploads(words, queue, {
      finished: ({ ids, all }) => {
        after.querySelector("[role=status]").textContent = words.dataset.allDone
          .replace("%(done)s", ids.length)
          .replace("%(all)s", all);
        complete.hidden = !ids.length || !words.dataset.complete;
        shown.hidden = !ids.length;
        complete.href = `${words.dataset.complete}?photos=${ids.slice(-100).join(",")}`;
      },
    });
    const input = words.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      uploads.add([...input.files]);
      input.value = "";
    });
    desk.dropOn(document.body, uploads.add);
  }

  const filters = document.querySelector("#changelist .library-form");
  if (filters) {
    filters.addEventListener("submit", () => {
      for (const field of filters.elements) if (field.name && !field.value) field.disabled = true; // a short address
    });
    filters.addEventListener("change", (event) => {
      if (event.target.matches("select")) filters.requestSubmit();
    });
    window.addEventListener("pageshow", () => {
      for (const field of filters.elements) field.disabled = false;
    });
  }

  const chosen = document.querySelector(".library-chosen");
  if (chosen) {
    const boxes = [...document.querySelectorAll(".photo-grid .action-select")];
    const said = chosen.querySelector("[role=status]");
    let last = null;
    const show = () => {
      const number = boxes.filter((box) => box.checked).length;
      chosen.hidden = !number;
      said.textContent = number === 1 ? said.dataset.one : said.dataset.many.replace("%s", number);
    };
    for (const box of boxes) {
      box.addEventListener("click", (event) => {
        if (event.shiftKey && last) {
          const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
          for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
        }
        last = box;
        show();
      });
    }
    chosen.querySelector("[data-act=none]").addEventListener("click", () => {
      for (const box of boxes) box.checked = false;
      show();
    });
    window.addEventListener("pageshow", show);
  }

  const complete = document.querySelector("form.complete");
  if (complete) {
    let isTouched = Boolean(document.querySelector(".errornote"));
    complete.addEventListener("input", () => (isTouched = true));
    complete.addEventListener("submit", () => (isTouched = false));
    window.addEventListener("beforeunload", (event) => {
      if (isTouched) event.preventDefault();
    });
    complete.querySelector("[data-act=fill]")?.addEventListener("click", () => {
      const text = complete.querySelector("[data-fill]").value.trim();
      if (!text) return;
      for (const field of complete.querySelectorAll(".field-credit_line input:not([type=hidden])")) {
        if (!field.value.trim()) field.value = text;
      }
      isTouched = true;
    });
    complete.querySelector(".has-errors")?.scrollIntoView({ block: "center" });
  }

  const file = document.querySelector("form.replace input[type=file]");
  file?.addEventListener("change", () => {
    const picture = document.querySelector(".replace-new img");
    if (picture.src) URL.revokeObjectURL(picture.src);
    picture.hidden = !file.files.length;
    if (file.files.length) picture.src = URL.createObjectURL(file.files[0]);
  });
});
