// The tools for chosen words: they come with a selection and go with it, so that nothing stands between the text and its
// writer. With the keyboard Alt+F10 leads to them, wherever the caret is; the arrow keys go along, Esc leads back.
import { Extension, Plugin, gettext, pm } from "django-prose-editor/editor"

const NARROW = window.matchMedia("(max-width: 767px)")

class Toolbar {
  constructor(view, editor) {
    Object.assign(this, { view, editor, isAsked: false })
    this.shownFor = () => this.show()
    this.pressed = (isDown) => {
      this.isPressed = isDown
      if (!isDown) setTimeout(this.shownFor)
    }
    this.down = () => this.pressed(true)
    this.up = () => this.pressed(false)
    view.dom.addEventListener("mousedown", this.down)
    document.addEventListener("mouseup", this.up)
    view.dom.addEventListener("focus", this.shownFor)
    view.dom.addEventListener("blur", () => setTimeout(this.shownFor))
    NARROW.addEventListener("change", this.shownFor)
  }

  // It is made after this, and not again.
  get dom() {
    const { dom } = this.editor.storage.menu ?? {}
    if (dom && !this.isEquipped) this.equip(dom)
    return dom
  }

  equip(dom) {
    this.isEquipped = true
    dom.setAttribute("role", "toolbar")
    dom.setAttribute("aria-label", gettext("Format"))
    dom.addEventListener("mousedown", (event) => event.preventDefault()) // the words stay chosen
    dom.addEventListener("keydown", (event) => this.key(event))
    dom.addEventListener("focusout", () => setTimeout(() => this.left()))
    dom.addEventListener("focusin", (event) => this.rove(event.target))
    this.rove(null)
  }

  get buttons() {
    const all = [...this.dom.querySelectorAll("button")]
    return all.filter((button) => button.offsetParent && !button.closest("[popover]") && !button.matches(".hidden"))
  }

  // One of them is reached by Tab, the others from there.
  rove(target) {
    const { buttons } = this
    const own = buttons.includes(target) ? target : buttons[0]
    for (const button of this.dom.querySelectorAll("button")) {
      if (!button.closest("[popover]")) button.tabIndex = button === own && this.isShown ? 0 : -1
    }
  }

  enter() {
    this.isAsked = true
    this.show()
    this.buttons[0]?.focus()
  }

  left() {
    if (this.dom?.contains(document.activeElement)) return
    this.isAsked = false
    this.show()
  }

  key(event) {
    const { buttons } = this
    const at = buttons.indexOf(event.target)
    if (event.key === "Escape") {
      event.preventDefault()
      event.stopPropagation()
      this.isAsked = false
      this.view.focus()
      this.show()
      return
    }
    if (at < 0) return
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    buttons.at(to % buttons.length).focus()
  }

  get isMeant() {
    const { selection } = this.view.state
    if (this.isAsked) return true
    if (!this.view.editable || !this.view.hasFocus()) return this.dom.contains(document.activeElement)
    if (NARROW.matches) return true
    return !selection.empty && selection instanceof pm.state.TextSelection && !this.isPressed
  }

  show() {
    const { dom } = this
    if (!dom || this.view.isDestroyed) return
    const was = this.isShown
    this.isShown = this.isMeant
    dom.classList.toggle("is-shown", this.isShown)
    if (this.isShown) this.place(dom)
    if (this.isShown || was) this.rove(document.activeElement)
  }

  // Above what is chosen, or below it where the window begins; never over the words themselves.
  place(dom) {
    if (NARROW.matches) return void dom.removeAttribute("style")
    const { from, to } = this.view.state.selection
    const [start, end] = [this.view.coordsAtPos(from), this.view.coordsAtPos(to, -1)]
    const around = dom.parentElement.getBoundingClientRect()
    const isBelow = start.top - dom.offsetHeight - 10 < 0
    const middle = start.top === end.top ? (start.left + end.right) / 2 : start.left + dom.offsetWidth / 2
    const left = Math.max(0, Math.min(middle - around.left - dom.offsetWidth / 2, around.width - dom.offsetWidth))
    // From the side of the words, so that it may grow away from them.
    dom.style.top = isBelow ? `${end.bottom + 8 - around.top}px` : "auto"
    dom.style.bottom = isBelow ? "auto" : `${around.bottom - start.top + 8}px`
    dom.style.left = `${left}px`
  }

  update(view, before) {
    const isSame = before.selection.eq(view.state.selection) && before.doc === view.state.doc
    if (!isSame) this.show()
  }

  destroy() {
    this.view.dom.removeEventListener("mousedown", this.down)
    document.removeEventListener("mouseup", this.up)
    NARROW.removeEventListener("change", this.shownFor)
  }
}

export const StoryToolbar = Extension.create({
  name: "storyToolbar",

  addStorage() {
    return { toolbar: null }
  },

  addKeyboardShortcuts() {
    return {
      // In a table these keys lead to the tools of that.
      "Alt-F10": () => {
        if (this.editor.isActive("table")) return false
        this.storage.toolbar.enter()
        return true
      },
    }
  },

  // What an empty text says stands at its field, for the text that waits for its editor says it too.
  onCreate() {
    const { dom } = this.editor.view
    const { empty } = dom.closest(".prose-editor")?.querySelector("textarea")?.dataset ?? {}
    if (empty) dom.dataset.empty = empty
  },

  addProseMirrorPlugins() {
    const { storage, editor } = this
    return [new Plugin({ view: (view) => (storage.toolbar = new Toolbar(view, editor)) })]
  },
})
