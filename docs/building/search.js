// Looks through the sections of all pages. They come with the site, when somebody first searches: nobody else is asked.
const form = document.querySelector(".search")
const input = form.querySelector("input")
const list = form.querySelector(".found")
const MOST = 12
const AROUND = 60 // characters that are shown before and behind the first word found
form.hidden = false

const fetchSections = () => {
  if (document.querySelector("script[src='sections.js']")) return
  const script = Object.assign(document.createElement("script"), { src: "sections.js" })
  script.addEventListener("load", show)
  document.head.append(script)
}

const score = ({ name, text }, words) => {
  const [inName, inText] = [name.toLowerCase(), text.toLowerCase()]
  if (!words.every((word) => inName.includes(word) || inText.includes(word))) return 0
  return words.reduce((sum, word) => sum + (inName.startsWith(word) ? 4 : inName.includes(word) ? 3 : 1), 0)
}

const snippet = (text, words) => {
  const at = Math.min(
    ...words.map((word) => text.toLowerCase().indexOf(word)).filter((place) => place >= 0),
    text.length,
  )
  const begin = at === text.length ? 0 : Math.max(0, text.lastIndexOf(" ", Math.max(0, at - AROUND)) + 1)
  return `${begin ? "… " : ""}${text.slice(begin, begin + 2 * AROUND)}${text.length > begin + 2 * AROUND ? " …" : ""}`
}

const element = (tag, properties) => Object.assign(document.createElement(tag), properties)

const row = ({ at, name, page, text }, words) => {
  const link = element("a", { href: at })
  link.append(
    element("strong", { textContent: name }),
    element("span", { textContent: snippet(text, words) }),
    element("small", { textContent: page }),
  )
  const item = document.createElement("li")
  item.append(link)
  return item
}

function show() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  list.hidden = !words.length || !window.sections
  if (list.hidden) return
  const best = window.sections
    .map((section) => ({ section, points: score(section, words) }))
    .filter(({ points }) => points)
    .sort((one, other) => other.points - one.points)
    .slice(0, MOST)
  list.replaceChildren(...best.map(({ section }) => row(section, words)))
  if (!best.length) list.append(element("li", { textContent: "Nothing found.", className: "nothing" }))
}

input.addEventListener("focus", fetchSections)
input.addEventListener("input", show)
form.addEventListener("submit", (event) => {
  event.preventDefault()
  list.querySelector("a")?.click()
})
form.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")]
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step || !links.length) return
  event.preventDefault()
  const next = links.indexOf(document.activeElement) + step
  ;(links[next] ?? (next < 0 ? input : links.at(-1))).focus()
})
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault()
    input.focus()
  } else if (event.key === "Escape") {
    list.hidden = true
  }
})
document.addEventListener("click", ({ target }) => {
  if (!form.contains(target) || target.closest(".found a")) list.hidden = true
})
