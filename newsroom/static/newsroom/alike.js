// "Stories like this one": what is live and like the words on the page, each added to the related stories by one click.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const value = (name) => document.querySelector(`#id_${name}`)?.value ?? ""
  const prefix = "placed_related"

  const chosen = () =>
    [...document.querySelectorAll(`select[name^="${prefix}-"][name$="-related"]`)]
      .filter((select) => !select.closest(".form-row")?.querySelector('[name$="-DELETE"]')?.checked)
      .map((select) => select.value)
      .filter(Boolean)

  const question = () => {
    const asked = new URLSearchParams()
    for (const name of ["headline", "standfirst", "language"]) asked.set(name, value(name))
    for (const option of document.querySelector("#id_topics")?.selectedOptions ?? [])
      asked.append("topic", option.value)
    const own = document.querySelector('[name="key"]')?.value
    for (const key of [...chosen(), ...(own ? [own] : [])]) asked.append("leave", key)
    return asked
  }

  const emptySelect = () =>
    [...document.querySelectorAll(`select[name^="${prefix}-"][name$="-related"]`)].find(
      (select) => !select.name.includes("__prefix__") && !select.value,
    )

  const add = (story, line) => {
    let select = emptySelect()
    if (!select) {
      document.querySelector(`#${prefix}-group .add-row a, #${prefix}-group .add-row button`)?.click()
      select = emptySelect()
    }
    if (!select) return
    select.append(new Option(story.headline, story.id, true, true))
    select.dispatchEvent(new Event("change", { bubbles: true }))
    window.django?.jQuery?.(select).trigger("change")
    line.remove()
  }

  const lineOf = (story) => {
    const line = document.createElement("li")
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: gettext("Add") })
    button.setAttribute("aria-label", `${gettext("Add")}: ${story.headline}`)
    button.addEventListener("click", () => add(story, line))
    line.append(
      button,
      ` ${story.headline} `,
      Object.assign(document.createElement("small"), { textContent: story.date }),
    )
    return line
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".alike-ask")
    if (!button) return
    const box = button.closest(".alike")
    const list = box.querySelector(".alike-found")
    const said = box.querySelector(".alike-said")
    button.disabled = true
    said.textContent = ""
    try {
      const answer = await fetch(`${box.dataset.address}?${question()}`, { headers: { Accept: "application/json" } })
      if (!answer.ok) throw new Error("refused")
      const { stories } = await answer.json()
      list.replaceChildren(...stories.map(lineOf))
      list.hidden = !stories.length
      if (!stories.length) said.textContent = gettext("Nothing that is live is like this story yet.")
    } catch {
      said.textContent = gettext("That did not work. Reload the page, and try again.")
    } finally {
      button.disabled = false
    }
  })
})
