// The bar of acts at the foot of an item's page. Where there is no room for all of them, all but the next two stand under
// "More". What is pressed there closes it, and a save, which brings a new bar, changes nothing of that.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const bar = document.querySelector(".desk-columns > .desk-bar")
  if (!bar) return
  const isNarrow = window.matchMedia("(max-width: 1023px)")

  const arrange = () => {
    const acts = bar.querySelector(".desk-acts")
    const panel = bar.querySelector(".desk-more-panel")
    if (!acts || !panel) return
    if (isNarrow.matches && acts.parentElement !== panel) panel.prepend(acts)
    else if (!isNarrow.matches && acts.parentElement === panel) bar.querySelector(".desk-more").before(acts)
    const isEmpty = ![...panel.querySelectorAll("button, a, summary")].length
    bar.querySelector(".desk-more").hidden = isEmpty
  }

  // The page ends above the bar, however much is said in it.
  const room = new ResizeObserver(() => bar.parentElement.style.setProperty("--bar-height", `${bar.offsetHeight}px`))

  arrange()
  room.observe(bar)
  isNarrow.addEventListener("change", arrange)
  new MutationObserver(arrange).observe(bar, { childList: true })

  bar.addEventListener("click", (event) => {
    const item = event.target.closest(".desk-more-panel :is(button, a)")
    if (item && !item.closest(".desk-panel:not(.desk-more-panel)")) bar.querySelector(".desk-more").open = false
  })
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return
    const open = event.target.closest("details[open]")
    if (!open) return
    event.stopPropagation()
    open.open = false
    open.querySelector("summary").focus()
  })

  // A copy is made of what stands on the page, which is saved first.
  const duplicate = async (button) => {
    const said = () => bar.querySelector(".rows-said")
    button.disabled = true
    try {
      if (window.deskSaving && !(await window.deskSaving.save("_preview"))) return
      const token = bar.closest("form").querySelector('[name="csrfmiddlewaretoken"]').value
      const answer = await fetch(button.dataset.address, {
        method: "POST",
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        redirect: "error",
      })
      if (!answer.ok) throw new Error("refused")
      const { address } = await answer.json()
      location.assign(address)
    } catch {
      said().textContent = gettext("That did not work. Reload the page, and try again.")
    } finally {
      button.disabled = false
    }
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest('[data-act="duplicate"]')
    if (button && bar.contains(button)) duplicate(button)
  })
})
