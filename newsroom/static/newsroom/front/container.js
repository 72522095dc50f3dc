// A container on the page: its head, its cards in their layout, and what opens below the head.
import { made } from "../cards/elements.js"
import { cardElement } from "./card.js"
import { icon } from "./icons.js"
import { Settings } from "./settings.js"

const LAYOUT_WORDS = {
  lead: gettext("Lead"),
  row: gettext("Row"),
  list: gettext("List"),
  strip: gettext("Strip"),
}

export class ContainerView {
  constructor(id, page) {
    this.id = id
    this.page = page
    this.handle = made(
      "button",
      { type: "button", className: "front-handle", tabindex: "-1", "data-container": id },
      icon("handle"),
    )
    this.title = made("input", {
      type: "text",
      className: "front-title",
      maxlength: 200,
      "aria-label": gettext("Title of the container"),
      placeholder: gettext("No title"),
      autocomplete: "off",
    })
    this.summary = made("button", { type: "button", className: "front-summary", "aria-expanded": "false" })
    this.adder = made("button", { type: "button", className: "front-add" }, icon("add"), gettext("Add"))
    this.place = made("div", { className: "front-below" })
    this.cards = made("ol", { className: "front-cards", role: "list" })
    this.empty = made("p", { className: "front-empty" })
    this.dom = made(
      "section",
      { className: "front-container", "data-id": id },
      made("header", { className: "front-head" }, this.handle, this.title, this.summary, this.adder),
      this.place,
      this.cards,
      this.empty,
    )
    this.settings = new Settings(this, page)
    this.title.addEventListener("input", () => {
      page.arrangement.set(id, { title: this.title.value }, { session: `title of ${id}` })
    })
    this.title.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault() // which would save the page
    })
    this.summary.addEventListener("click", () => this.settings.toggle())
    this.adder.addEventListener("click", () => page.openFinder(id, 0))
  }

  get container() {
    return this.page.arrangement.container(this.id)
  }

  get name() {
    const { title, layout } = this.container
    return title || LAYOUT_WORDS[layout] || layout
  }

  sync(number, total) {
    const { container } = this
    const cards = this.page.filling.cardsOf(container)
    this.dom.dataset.layout = container.layout
    // What is set here was not typed: the page looks for that as it opens.
    this.title.defaultValue = container.title || ""
    if (document.activeElement !== this.title) this.title.value = this.title.defaultValue
    const words = [gettext("%(name)s, container %(number)s of %(total)s"), { name: this.name, number, total }]
    this.handle.setAttribute("aria-label", interpolate(...words, true))
    this.handle.title = gettext("Drag it, or move it with Alt and the arrows")
    this.dom.setAttribute("aria-label", this.name)
    this.cards.setAttribute("aria-label", this.name)
    const rule = container.rule ? this.page.filling.words[this.id] || gettext("by rule") : gettext("by hand")
    this.summary.replaceChildren(
      made("span", { textContent: `${LAYOUT_WORDS[container.layout] || container.layout} · ${container.count}` }),
      made("span", { className: "front-rule-words", textContent: rule }),
    )
    this.summary.setAttribute(
      "aria-label",
      interpolate(gettext("Settings of %s"), [this.name]) + `: ${this.summary.textContent}`,
    )
    this.adder.setAttribute("aria-label", interpolate(gettext("Add to %s"), [this.name]))
    const elements = cards.map((card, index) =>
      this.elementOf(card, {
        place: index + 1,
        number: cards.length,
        room: container.count,
        isTall: container.layout === "lead" && index === 0,
      }),
    )
    const isSame =
      elements.length === this.cards.children.length && elements.every((one, at) => one === this.cards.children[at])
    if (!isSame) this.cards.replaceChildren(...elements)
    this.cards.hidden = !cards.length
    this.empty.hidden = Boolean(cards.length)
    this.empty.textContent = container.rule
      ? gettext("The rule finds nothing at present.")
      : gettext("Nothing is pinned here, and no rule fills it. Add something, or drag a card here.")
    this.settings.sync()
  }

  // A card that looks as it did stays the same element: what is being clicked, dragged or read does not go from under it.
  elementOf(card, where) {
    const { shown } = this.page
    const look = JSON.stringify([card, where])
    const name = `${card.isPinned} ${card.name}` // what is pinned and has no room may stand elsewhere by a rule
    const known = shown.get(name)
    if (known?.look === look) return known.element
    const element = cardElement(card, where)
    shown.set(name, { look, element })
    return element
  }
}
