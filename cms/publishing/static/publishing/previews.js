// Previews of an item: one click saves what is on the page and opens it as readers would see it; a list of its links.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-preview]");
  if (!button) return;
  const form = button.closest("form");
  const said = document.querySelector(".preview-said");
  const panel = document.querySelector(".desk-previews");
  const words = button.dataset;
  const key = form.querySelector('[name="csrfmiddlewaretoken"]');
  let makeAt = words.preview;

  const say = (text, isWrong = false) => {
    said.textContent = text;
    said.classList.toggle("is-wrong", isWrong);
  };

  const send = async (address, values) => {
    const answer = await fetch(address, { method: "POST", body: values, headers: { "X-CSRFToken": key.value } });
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return null;
    return { isDone: answer.ok, ...(await answer.json()) };
  };

  const showLinks = (html) => {
    if (panel && html) panel.querySelector(".preview-list").innerHTML = html;
    const count = panel?.querySelectorAll("[data-copy]").length;
    if (panel) panel.querySelector(".preview-count").textContent = count ? `(${count})` : "";
  };

  // The page is saved as a draft is, and goes on from there. Answers false where it could not be.
  const save = async () => {
    const values = new FormData(form);
    values.set("_preview", "1");
    const saved = await send(form.action, values);
    if (saved?.behind) {
      form.dispatchEvent(new Event("desk:saved"));
      location.assign(saved.behind); // the text was kept, beside somebody's newer one
      return false;
    }
    if (!saved?.isDone) {
      form.requestSubmit(form.querySelector('[name="_save"]')); // which says what is wrong, with the text at hand
      return false;
    }
    form.querySelector('[name="base"]').value = saved.base;
    form.dispatchEvent(new Event("desk:saved"));
    makeAt = saved.preview;
    if (!words.preview) history.replaceState(null, "", saved.change); // a new item has a page of its own now
    return true;
  };

  // Saves the page and gives the address of its link; nothing where the page could not be saved, and is left.
  const makeLink = async () => {
    say(words.saving);
    if (form.querySelector('[name="_save"]') && !(await save())) return "";
    const made = await send(makeAt, new FormData());
    if (!made?.isDone) throw new Error("no link");
    showLinks(made.links);
    return made.address;
  };

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      window.prompt(words.prompt, text); // a page without HTTPS may not write to the clipboard
    }
    return words.copied;
  };

  button.addEventListener("click", async () => {
    const tab = window.open("", "_blank"); // while the click lasts: later it would be blocked
    if (tab) tab.opener = null;
    button.disabled = true;
    try {
      const address = await makeLink();
      if (address) tab?.location.replace(address);
      else tab?.close();
      say(tab ? "" : words.blocked);
    } catch {
      tab?.close();
      say(words.broken, true);
    } finally {
      button.disabled = false;
    }
  });

  document.querySelector("[data-copy-preview]")?.addEventListener("click", async (event) => {
    const own = event.currentTarget;
    own.disabled = true;
    try {
      const address = await makeLink();
      say(address ? await copyText(address) : "");
    } catch {
      say(words.broken, true);
    } finally {
      own.disabled = false;
    }
  });

  if (!panel) return;
  showLinks();
  const told = panel.querySelector(".preview-told");

  panel.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    const made = await send(makeAt, new FormData(event.target)).catch(() => null);
    told.textContent = made?.isDone ? words.made : made?.error || words.broken;
    if (made?.isDone) showLinks(made.links);
    panel.querySelector(made?.isDone ? "[data-copy]" : "input")?.focus();
  });

  panel.addEventListener("click", async (event) => {
    const { copy, revoke } = event.target.dataset;
    if (copy) {
      told.textContent = await copyText(copy);
    } else if (revoke) {
      event.target.disabled = true;
      const done = await send(revoke, new FormData()).catch(() => null);
      told.textContent = done?.isDone ? words.revoked : words.broken;
      if (done?.isDone) showLinks(done.links);
      else event.target.disabled = false;
    }
  });

  document.addEventListener("click", (event) => {
    if (!panel.contains(event.target) && event.target.isConnected) panel.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) {
      panel.open = false;
      panel.querySelector("summary").focus();
    }
  });
});
