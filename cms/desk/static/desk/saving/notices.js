// What an item's page says about its saves: a line at the top, and what went wrong beside the buttons.
const link = (text, address) =>
  Object.assign(document.createElement("a"), { textContent: text, href: address, target: "_blank" })

const PROBLEMS = {
  offline: () => [
    gettext("Not saved: no connection."),
    gettext("Your text is safe in this browser. It will be saved as soon as you are back online."),
  ],
  broken: () => [
    gettext("Not saved: the server has a problem."),
    gettext("Your text is safe in this browser. The desk keeps trying."),
  ],
  out: ({ login }) => [
    gettext("Not saved: you are logged out."),
    gettext("Your text is safe in this browser. Log in in a new tab, then carry on here: it will be saved."),
    link(gettext("Log in"), login),
  ],
  other: ({ login, userName }) => [
    gettext("Not saved: somebody else is logged in here now."),
    interpolate(gettext("Your text is safe in this browser. Log in as %s in a new tab, then carry on here."), [
      userName,
    ]),
    link(gettext("Log in"), login),
  ],
  refused: () => [
    gettext("Not saved: you do not have permission any more."),
    gettext("Your text is safe in this browser."),
  ],
  untaken: () => [
    gettext("Not saved: the server refused it."),
    gettext("Your text is safe in this browser. Ask whoever looks after the desk."),
  ],
  gone: () => [
    gettext("Not saved: somebody has deleted it."),
    gettext("Your text is safe in this browser. Copy what you need."),
  ],
}
const PASSING = ["offline", "broken", "out", "other"]

// Whether trying again may help.
export const isPassing = (problem) => PASSING.includes(problem)

// The line that says how much of the page is kept. (A save puts a new one in its place.)
export const show = (text, isWrong = false) => {
  const line = document.querySelector(".desk-kept")
  if (!line) return
  if (line.textContent !== text) line.textContent = text
  line.classList.toggle("is-wrong", isWrong)
}

export const isShownWrong = () => Boolean(document.querySelector(".desk-kept.is-wrong"))

export class Notices {
  constructor(page) {
    this.place = page.place
    this.said = page.bar.querySelector(".desk-said")
  }

  tell(lines, level) {
    const list = document.createElement("ul")
    list.className = "messagelist"
    for (const line of lines) {
      const item = document.createElement("li")
      item.className = level
      item.append(...[line].flat())
      list.append(item)
    }
    this.said.replaceChildren(list)
  }

  // Below what the server says already.
  tellMore(lines, level) {
    const messages = [...this.said.querySelectorAll("li")]
    this.tell(lines, level)
    this.said.querySelector("ul").prepend(...messages)
  }

  clear() {
    this.said.replaceChildren()
  }

  has(levels) {
    return Boolean(this.said.querySelector(levels))
  }

  inShort(problem) {
    return PROBLEMS[problem](this.place.dataset)[0]
  }

  complain(problem) {
    const [short, ...long] = PROBLEMS[problem](this.place.dataset)
    show(short, true)
    this.tell([[short, " ", ...long.flatMap((part) => [part, " "])]], "error")
  }
}
