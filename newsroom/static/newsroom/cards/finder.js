// A field that looks for stories or videos as one types. One Enter takes the first, or `takeText` what was typed.
import { OFFLINE, asked } from "./asking.js"
import { random } from "./block.js"
import { made } from "./elements.js"

export const finder = (
  card,
  {
    address,
    label,
    value = "",
    most = 200,
    take,
    takeText = () => false,
    nothing = () => {},
    note = () => "", // what is said of a result besides
    named = () => "", // by what name a result is known on the page, where it can be dragged into place
    cancel,
    goesWhenEmpty,
  },
) => {
  const id = `story-search-${random()}`
  const input = made("input", {
    type: "text",
    role: "combobox",
    "aria-label": label,
    "aria-expanded": "true",
    "aria-controls": id,
    "aria-autocomplete": "list",
    autocomplete: "off",
    maxlength: most,
    value,
    placeholder: label,
    className: "story-card-search",
  })
  const list = made("ul", { id, role: "listbox", "aria-label": label })
  const said = made("p", { className: "story-card-said", role: "status" })
  let rows = [],
    index = -1,
    answered = null,
    number = 0,
    timer = null,
    isWanted = false
  const point = (to) => {
    index = to
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === index))
    if (index < 0) input.removeAttribute("aria-activedescendant")
    else {
      input.setAttribute("aria-activedescendant", `${id}-${index}`)
      list.children[index].scrollIntoView({ block: "nearest" })
    }
  }
  // Answers the words that were to be taken and that nothing has.
  const look = async () => {
    clearTimeout(timer)
    if (!address) return ""
    const text = input.value.trim()
    const mine = (number += 1)
    try {
      const { results } = await asked(address, { q: text, but: storyKey() })
      if (mine !== number || !input.isConnected) return ""
      rows = results
      answered = text
      list.replaceChildren(...rows.map((row, at) => result(row, `${id}-${at}`, note(row), named(row))))
      said.textContent = rows.length ? "" : gettext("Nothing found. Leave out a word.")
      point(text && rows.length ? 0 : -1)
      if (document.activeElement === input) card.dom.scrollIntoView({ block: "nearest" })
      const wasWanted = isWanted
      isWanted = false
      if (wasWanted && rows.length) take(rows[0])
      else if (wasWanted) nothing()
      return wasWanted && !rows.length ? text : ""
    } catch {
      if (mine !== number) return ""
      said.textContent = OFFLINE
      if (isWanted) nothing()
      return isWanted ? text : ""
    }
  }
  // What is being looked for meanwhile is not asked for any more.
  const choose = (row) => {
    clearTimeout(timer)
    number += 1
    take(row)
  }
  input.addEventListener("input", () => {
    clearTimeout(timer)
    isWanted = false
    timer = setTimeout(look, 120)
  })
  input.addEventListener("focus", () => {
    if (answered === null) look()
  })
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (event.altKey || !rows.length) return
      point((index + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length)
    } else if (event.key === "Enter") {
      event.preventDefault()
      if (event.isComposing || takeText(input.value.trim())) return
      if (!address) return
      if (answered !== input.value.trim()) {
        // What was typed a moment ago is looked for before its first story is taken. One writes on meanwhile.
        isWanted = true
        // A save waits for it: nothing is published without what was to stand in it.
        const search = look()
        window.deskChoosing?.waitFor(search)
        card.leave()
      } else if (index >= 0) choose(rows[index])
    } else if (event.key === "Escape" || (goesWhenEmpty && event.key === "Backspace" && !input.value)) {
      event.preventDefault()
      event.stopPropagation()
      cancel()
    }
  })
  list.addEventListener("mousedown", (event) => event.preventDefault())
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"))
    if (at >= 0) choose(rows[at])
  })
  return made("div", { className: "story-card-finder" }, input, said, list)
}

// The story that is being written is no story to relate it to.
export const storyKey = () =>
  location.pathname.match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0] ||
  document.querySelector("form input[name=key]")?.value || // of one that is still to be saved
  ""

export const mark = (row) => made("span", { className: `state state-${row.state_name}`, textContent: row.state })

const result = (row, id, noted, name) =>
  made(
    "li",
    { role: "option", id, "aria-selected": "false", ...(name && { "data-name": name }) },
    ...(row.picture ? [made("img", { src: row.picture, alt: "", draggable: "false" })] : []),
    made(
      "span",
      {},
      made("strong", { textContent: row.headline }),
      made("small", {}, mark(row), ` · ${[row.when, noted].filter(Boolean).join(" · ")}`),
    ),
  )
