// What a container is: its layout, how much it holds, where its title leads, and the rule that fills it.
import { random } from "../cards/block.js"
import { LAYOUTS } from "./arrangement.js"
import { chosen, withChosen } from "./rule.js"

export class Settings {
  constructor(view, page) {
    Object.assign(this, { view, page })
    this.dom = null
  }

  get container() {
    return this.view.container
  }

  toggle() {
    if (this.dom) return this.close()
    this.page.closeFinder()
    this.dom = this.build()
    this.view.place.replaceChildren(this.dom)
    this.view.summary.setAttribute("aria-expanded", "true")
    this.equip()
    this.sync()
    this.dom.querySelector("input, select, button")?.focus()
  }

  close() {
    if (!this.dom) return
    const hadFocus = this.dom.contains(document.activeElement)
    this.dom.remove()
    this.dom = null
    this.view.summary.setAttribute("aria-expanded", "false")
    if (hadFocus) this.view.summary.focus()
  }

  set(values, session) {
    this.page.arrangement.set(this.view.id, values, { session: session && `${session} of ${this.view.id}` })
  }

  build() {
    const dom = this.page.template("settings")
    dom.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.target.closest(".select2-container")) {
        event.stopPropagation()
        this.close()
      } else if (event.key === "Enter" && event.target.matches("input")) event.preventDefault()
    })
    // What is chosen in here is kept in the front's one field: the page hears of that alone.
    for (const name of ["input", "change"]) dom.addEventListener(name, (event) => event.stopPropagation())
    return dom
  }

  equip() {
    const { dom } = this
    for (const select of dom.querySelectorAll("select")) {
      select.id = `front-${random()}`
      select.parentElement.querySelector("label").htmlFor = select.id
    }
    this.layouts = LAYOUTS.map((layout) => dom.querySelector(`[data-layout="${layout}"]`))
    for (const button of this.layouts)
      button.addEventListener("click", () => this.set({ layout: button.dataset.layout }))
    this.count = this.input("count")
    this.count.addEventListener("input", () => {
      const count = Number.parseInt(this.count.value, 10)
      if (count >= 1 && count <= Number(this.count.max)) this.set({ count }, "count")
    })
    this.label = this.input("link_label")
    this.url = this.input("link_url")
    for (const one of [this.label, this.url]) {
      one.addEventListener("input", () => {
        const [label, url] = [this.label.value.trim(), this.url.value.trim()]
        this.set({ link: label && url ? { label, url } : null }, "link")
      })
    }
    this.hasRule = this.input("has_rule")
    this.hasRule.addEventListener("change", () => {
      this.set({ rule: this.hasRule.checked ? this.before || {} : null })
    })
    this.ruled = [...dom.querySelectorAll("[data-rule]")]
    for (const select of this.ruled) this.equipChooser(select)
    for (const button of dom.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.page.actOn(this.view.id, button.dataset.act))
    }
  }

  input(name) {
    return this.dom.querySelector(`[data-value="${name}"]`)
  }

  equipChooser(select) {
    const name = select.dataset.rule
    this.fill(select)
    const take = () => {
      const values = [...select.selectedOptions].map((option) => option.value).filter(Boolean)
      for (const option of select.selectedOptions)
        if (option.value && select.matches(".admin-autocomplete"))
          this.page.filling.names[`${name}:${option.value}`] = option.textContent
      const rule = withChosen(this.container.rule || {}, name, values)
      this.set({ rule })
    }
    if (select.matches(".admin-autocomplete")) {
      const { jQuery } = window.django
      jQuery(select).djangoAdminSelect2()
      jQuery(select).on("change", take)
    } else select.addEventListener("change", take)
  }

  // The choices of a rule, in a chooser that knows of none but those.
  fill(select) {
    const name = select.dataset.rule
    const values = chosen(this.container.rule, name)
    const isSearched = select.matches(".admin-autocomplete")
    const now = [...select.selectedOptions].map((option) => option.value).filter(Boolean)
    if (JSON.stringify(now) === JSON.stringify(values)) return
    if (isSearched) {
      const names = values.map((value) => this.page.filling.names[`${name}:${value}`] || value)
      select.replaceChildren(...values.map((value, at) => new Option(names[at], value, true, true)))
      if (window.django?.jQuery(select).data("select2")) window.django.jQuery(select).trigger("change.select2")
      return
    }
    for (const option of select.options) option.selected = values.includes(option.value)
    if (!values.length && !select.multiple) select.value = ""
  }

  sync() {
    if (!this.dom) return
    const { container } = this
    for (const button of this.layouts)
      button.setAttribute("aria-pressed", String(button.dataset.layout === container.layout))
    const put = (input, value) => {
      if (input !== document.activeElement && input.value !== String(value)) input.value = value
    }
    put(this.count, container.count)
    // Half a link is none yet, and stays until it is whole.
    if (container.link || (this.label.value && this.url.value)) {
      put(this.label, container.link?.label || "")
      put(this.url, container.link?.url || "")
    }
    if (container.rule) this.before = container.rule
    this.hasRule.checked = Boolean(container.rule)
    this.dom.querySelector(".front-rule").hidden = !container.rule
    for (const select of this.ruled) this.fill(select)
    const { containers } = this.page.arrangement
    const at = containers.findIndex(({ id }) => id === container.id)
    this.dom.querySelector("[data-act=up]").disabled = at === 0
    this.dom.querySelector("[data-act=down]").disabled = at === containers.length - 1
  }
}
