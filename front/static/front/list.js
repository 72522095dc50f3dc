/** A list of news on a page. Each item stands in it once, by the hour that is printed; the newest is the first. */

import { Away } from "./api.js"
import { keepingPlace } from "./place.js"
import { render } from "./render.js"

export class List {
  constructor(section) {
    this.section = section
    this.items = section.querySelector("[data-items]")
    this.late = [] // items that are older than the last one here: they come with the page that they belong to
  }

  get next() {
    return this.section.dataset.next
  }

  set next(address) {
    this.section.dataset.next = address ?? ""
  }

  find(id) {
    return this.items.querySelector(`:scope > [data-item="${CSS.escape(id)}"]`)
  }

  /** The elements of rows of the API, made with the templates of the server. */
  async make(rows) {
    const part = this.section.dataset.part
    try {
      return await Promise.all(rows.map(async (row) => elementOf(await render(part, row))))
    } catch (error) {
      throw new Away(error.message) // the templates themselves could not be loaded
    }
  }

  /** The next page of a walk, at the end. Gives back what came. */
  append(elements) {
    const fresh = elements.filter((element) => !this.find(element.dataset.item))
    this.items.append(...fresh)
    const late = this.late
    this.late = []
    this.insert(late)
    return fresh
  }

  /** New items, each at its place. One that is here already moves there. Gives back those that are seen. */
  insert(elements) {
    return elements.filter((element) => {
      this.forget(element.dataset.item)
      const isLate = this.isLate(element)
      if (isLate) this.late.push(element)
      else this.items.insertBefore(element, this.placeOf(element))
      return !isLate
    })
  }

  /** Whether an item is older than the last one here, while there are more to come. */
  isLate(element) {
    const last = this.items.lastElementChild
    return Boolean(this.next && last && !("pinned" in element.dataset) && at(element) < at(last))
  }

  placeOf(element) {
    if ("pinned" in element.dataset) return this.items.firstElementChild
    const isLater = (other) => !("pinned" in other.dataset) && at(other) <= at(element)
    return [...this.items.children].find(isLater) ?? null
  }

  /** Another version of an item, in its place. */
  replace(element) {
    const former = this.find(element.dataset.item)
    if (former) keepingPlace(() => former.replaceWith(element), [former])
    this.late = this.late.map((other) => (other.dataset.item === element.dataset.item ? element : other))
  }

  /** An item that readers no longer have. */
  remove(id) {
    keepingPlace(() => this.forget(id), [this.find(id)])
  }

  forget(id) {
    this.find(id)?.remove()
    this.late = this.late.filter((element) => element.dataset.item !== id)
  }

  has(id) {
    return Boolean(this.find(id)) || this.late.some((element) => element.dataset.item === id)
  }

  /** As it stood when the page was left. */
  putBack({ html, next, newer, late }) {
    this.items.innerHTML = html
    Object.assign(this.section.dataset, { next, newer })
    this.late = late.map(elementOf)
  }

  say(text) {
    const place = this.section.querySelector("[data-said]")
    if (!place) return
    place.textContent = ""
    setTimeout(() => (place.textContent = text), 50) // the same words are said again
  }
}

function at(element) {
  return Date.parse(element.dataset.at) || 0
}

export function elementOf(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return template.content.firstElementChild
}
