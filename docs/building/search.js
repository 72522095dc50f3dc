// Looks through the sections of all pages, which come with the site: nothing is asked of anybody.
const form = document.querySelector(".search")
const input = form.querySelector("input")
const list = form.querySelector(".found")
const MOST = 12
form.hidden = false

const fits = (section, words) => {
  const name = section.name.toLowerCase()
  const text = section.text.toLowerCase()
  if (!words.every((word) => name.includes(word) || text.includes(word))) return 0
  return words.reduce((sum, word) => sum + (name.startsWith(word) ? 4 : name.includes(word) ? 3 : 1), 0)
}

const show = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  const found = words.length ? window.sections.map((section) => ({ section, score: fits(section, words) })) : []
  const best = found.filter(({ score }) => score).sort((one, other) => other.score - one.score).slice(0, MOST)
  list.replaceChildren(
    ...best.map(({ section }) => {
      const link = Object.assign(document.createElement("a"), { href: section.at })
      const name = Object.assign(document.createElement("strong"), { textContent: section.name })
      const page = Object.assign(document.createElement("small"), { textContent: section.page })
      link.append(name, page)
      const row = document.createElement("li")
      row.append(link)
      return row
    }),
  )
  if (words.length && !best.length) {
    list.append(Object.assign(document.createElement("li"), { textContent: "Nothing found.", style: "padding: 8px 16px" }))
  }
  list.hidden = !words.length
}

input.addEventListener("input", show)
form.addEventListener("submit", (event) => {
  event.preventDefault()
  list.querySelector("a")?.click()
})
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault()
    input.focus()
  } else if (event.key === "Escape") {
    list.hidden = true
  }
})
document.addEventListener("click", (event) => {
  if (!form.contains(event.target)) list.hidden = true
})
