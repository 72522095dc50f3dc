// Shows the photo that was just chosen, with its credit and what it lacks.
"use strict";
{
  const show = async (select) => {
    const preview = select.closest(".related-widget-wrapper, .flex-container, td")?.parentElement?.querySelector(".photo-preview");
    if (!preview) return;
    preview.hidden = true;
    if (!select.value) return;
    const chosen = select.value;
    const answer = await fetch(select.dataset.described.replace("{}", chosen));
    if (!answer.ok) return;
    const photo = await answer.json();
    if (select.value !== chosen) return; // another was chosen meanwhile
    preview.querySelector("img").src = photo.thumbnail;
    const lines = [
      ["caption", photo.caption],
      ["credit", photo.credit_line],
      ["alt", photo.alt_text && preview.dataset.altLabel.replace("%s", photo.alt_text)],
      ...photo.obstacles.map((text) => ["obstacle", text]),
    ];
    preview.querySelector("div").replaceChildren(
      ...lines
        .filter(([, text]) => text)
        .map(([name, text]) => {
          const line = document.createElement("p");
          line.className = name;
          line.textContent = text;
          return line;
        }),
    );
    preview.hidden = false;
  };
  django.jQuery(document).on("change", "select[data-described]", (event) => show(event.target));
}
