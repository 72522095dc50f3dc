// How blocks get into a story: the menu that "/" and "+" open, pictures that are dropped or pasted, and what is offered
// for an address on a line of its own.
import { Extension, Plugin, gettext, pm } from "django-prose-editor/editor"
import { upload } from "../media/upload.js"
import { asked, token } from "./cards/asking.js"
import { blockOf, newId } from "./cards/block.js"
import { made } from "./cards/elements.js"
import { mark as stateOf, storyKey } from "./cards/finder.js"
import { chosenPhoto, placed } from "./cards/library.js"

const menuKey = new pm.state.PluginKey("storyMenu")

// What the cards share: where they ask, and what is on its way.
const cardOf = (editor) => ({
  options: editor.extensionManager.extensions.find((each) => each.name === "storyCard").options,
  storage: editor.storage.storyCard,
})

const chosenCard = (editor) => {
  const { node } = editor.state.selection
  return node && cardOf(editor).storage.views.get(blockOf(node).id)
}

// A line of text to work on: the one of the caret when it is empty, else a new one below.
const freshLine = (editor) => {
  const { selection } = editor.state
  const { $from } = selection
  const isEmpty = $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size
  if (isEmpty) return
  const at = $from.depth ? $from.before(1) : selection.from
  const node = editor.state.doc.nodeAt(at)
  const tr = editor.state.tr
  const end = node ? at + node.nodeSize : editor.state.doc.content.size
  tr.insert(end, editor.schema.nodes.paragraph.create())
  tr.setSelection(pm.state.TextSelection.create(tr.doc, end + 1)).scrollIntoView()
  editor.view.dispatch(tr)
}

const card = (block) => (editor) => {
  editor.commands.insertCard(block)
  editor.commands.enterCard()
}

const onLine = (act) => (editor) => {
  freshLine(editor)
  act(editor.chain().focus()).run()
}

// A mark has nothing to be filled in: the caret goes on below it.
const mark = (block) => (editor) => {
  editor.commands.insertCard(block)
  editor.commands.writeAfter(editor.state.selection.from)
}

const chooseInto = (block) => async (editor) => {
  const { storage, options } = cardOf(editor)
  const id = await chosenPhoto({ options })
  editor.view.focus()
  if (!id || editor.isDestroyed) return
  editor.commands.insertCard(block(placed(id)), { isComing: true })
  const { node, from } = editor.state.selection
  storage.refresh(blockOf(node).id, id)
  if (block === GALLERY) editor.commands.enterAdding()
  else editor.commands.writeAfter(from)
}
const PHOTO = (link) => ({ type: "photo", photo: link })
const GALLERY = (link) => ({ type: "gallery", photos: [link] })

const ITEMS = [
  ["image", gettext("Photo"), "photo picture image", chooseInto(PHOTO)],
  ["article", gettext("Related story"), "related story article card", card({ type: "related", article: null })],
  ["format_quote", gettext("Quote"), "quote", onLine((chain) => chain.toggleBlockquote())],
  [
    "campaign",
    gettext("Pull quote"),
    "pull quote pullquote",
    onLine((chain) => chain.toggleBlockquote().updateAttributes("blockquote", { "data-pull": "yes" })),
  ],
  ["title", gettext("Heading"), "heading h2 subheading", onLine((chain) => chain.setHeading({ level: 2 }))],
  ["collections", gettext("Gallery"), "gallery photos", chooseInto(GALLERY)],
  ["movie", gettext("Video"), "video film", card({ type: "video", video: null })],
  ["code", gettext("Embed"), "embed player youtube vimeo address", card({ type: "embed", url: "" })],
  ["fact_check", gettext("Fact box"), "fact box factbox", card({ type: "factbox", title: "", html: "" })],
  ["grid_on", gettext("Table"), "table sheet rows columns", (editor) => editor.commands.insertStoryTable()],
  ["format_list_bulleted", gettext("List"), "list bullets", onLine((chain) => chain.toggleBulletList())],
  [
    "format_list_numbered",
    gettext("Numbered list"),
    "numbered list ordered",
    onLine((chain) => chain.toggleOrderedList()),
  ],
  ["horizontal_rule", gettext("Divider"), "divider rule line hr", onLine((chain) => chain.setHorizontalRule())],
  ["lock", gettext("Free up to here"), "free paywall subscribers registered members", mark({ type: "paywall" })],
].map(([icon, label, words, run]) => ({ icon, label, words, run }))

// Those whose name has a word that begins so; then those that are also called so.
const matching = (items, asked) => {
  const text = asked.toLowerCase()
  const begins = (words) =>
    words.toLowerCase().startsWith(text) ||
    words
      .toLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(text))
  const named = items.filter((item) => begins(item.label))
  return [...named, ...items.filter((item) => !named.includes(item) && item.words && begins(item.words))]
}

// ---- Stories by their words, in the same menu --------------------------------------------------------------------

const PAUSE = 120 // milliseconds after a letter
const SHOWN = 6
const RELATED = ITEMS[1]

// What is looked for among stories: what follows "/r ", or what is no block's name.
const storyWords = (text) => {
  const [, name, rest] = text.match(/^(\S+)\s+(\S.*)$/s) ?? []
  const isNamed = Boolean(name && matching([RELATED], name).length)
  const words = (isNamed ? rest : text).trim()
  const isEnough = isNamed || /[\p{L}\p{N}]{2}/u.test(words)
  return /^\s/.test(text) || !isEnough || words.length > 100 ? "" : words
}

const relate = (row) => (editor) => {
  editor.commands.insertCard({ type: "related", article: { link: "article", id: row.id } }, { item: row })
  editor.commands.writeAfter(editor.state.selection.from)
}

// The card looks for it, and takes the first; one writes on meanwhile.
const relateFirst = (words) => (editor) => {
  editor.commands.insertCard({ type: "related", article: null })
  const view = chosenCard(editor)
  view?.enter()
  const field = view?.dom.querySelector(".story-card-search")
  if (!field) return
  field.value = words
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))
}

const storyItems = (words, found) => {
  if (found?.words !== words)
    return [{ icon: "search", label: `${gettext("Related story")}: ${words}…`, run: relateFirst(words) }]
  if (!found.rows.length) return [{ icon: "search", label: gettext("No story has these words."), isNothing: true }]
  return found.rows.slice(0, SHOWN).map((row) => ({ icon: "article", label: row.headline, row, run: relate(row) }))
}

// What the menu offers for what follows "/"; stories where nothing else stands in the line, or behind a sentence.
const offered = (text, before, found) => {
  const items = /^\s/.test(text) ? [] : matching(ITEMS, text.trimEnd())
  if (items.length) return { items, words: "" }
  const words = !before.trim() || /[.!?…]["'”’»)\]]?\s*$/.test(before) ? storyWords(text) : ""
  return words ? { items: storyItems(words, found), words } : null
}

class Menu {
  constructor(view, editor) {
    this.view = view
    this.editor = editor
    this.id = `story-menu-${Math.random().toString(16).slice(2, 8)}`
    this.index = 0
    this.list = document.createElement("ul")
    this.list.id = this.id
    this.list.className = "story-menu"
    this.list.setAttribute("role", "listbox")
    this.list.setAttribute("aria-label", gettext("Insert"))
    this.list.hidden = true
    this.list.addEventListener("mousedown", (event) => event.preventDefault())
    this.list.addEventListener("click", (event) => {
      const at = [...this.list.children].indexOf(event.target.closest("[role=option]"))
      if (at >= 0) this.take(this.items[at])
    })
    view.dom.parentElement.append(this.list)
    this.blur = () => this.state && !this.list.contains(document.activeElement) && this.close()
    view.dom.addEventListener("blur", this.blur)
  }

  get state() {
    return menuKey.getState(this.view.state)
  }

  // Looks for stories that have these words, once nobody types for a moment.
  look(words) {
    clearTimeout(this.timer)
    this.sought = words
    if (!words) return
    this.timer = setTimeout(async () => {
      try {
        const { results } = await asked(cardOf(this.editor).options.asked.stories, { q: words, but: storyKey() })
        if (this.editor.isDestroyed || this.state?.words !== words) return
        this.view.dispatch(this.view.state.tr.setMeta(menuKey, { found: { words, rows: results } }))
      } catch {
        // Offline: the card says so, if it is asked for one.
      }
    }, PAUSE)
  }

  update(view, before) {
    const { state } = this
    if (state === menuKey.getState(before)) return
    if (this.sought !== (state?.words || "")) this.look(state?.words || "")
    if (!state) {
      this.list.hidden = true
      this.list.replaceChildren()
      this.items = []
      for (const name of ["aria-activedescendant", "aria-controls", "aria-haspopup"]) view.dom.removeAttribute(name)
      return
    }
    const isOpening = this.list.hidden
    const labels = state.items.map((item) => item.label).join("\n")
    if (isOpening || labels !== this.labels) {
      this.labels = labels
      this.items = state.items
      this.list.replaceChildren(...state.items.map((item, at) => this.option(item, at)))
      this.index = 0
    }
    this.list.hidden = false
    view.dom.setAttribute("aria-haspopup", "listbox")
    view.dom.setAttribute("aria-controls", this.id)
    this.point(this.index)
    this.place(state.from)
  }

  option(item, at) {
    const option = document.createElement("li")
    option.id = `${this.id}-${at}`
    option.setAttribute("role", "option")
    const icon = document.createElement("span")
    icon.className = "material-icons"
    icon.setAttribute("aria-hidden", "true")
    icon.textContent = item.icon
    const about = item.row ? [made("small", {}, stateOf(item.row), ` · ${item.row.when}`)] : []
    option.append(icon, made("span", {}, item.label, ...about))
    return option
  }

  point(to) {
    this.index = to
    for (const [at, option] of [...this.list.children].entries())
      option.setAttribute("aria-selected", String(at === to))
    this.view.dom.setAttribute("aria-activedescendant", `${this.id}-${to}`)
    const option = this.list.children[to]
    if (option)
      this.list.scrollTop = Math.max(
        option.offsetTop + option.offsetHeight - this.list.clientHeight,
        Math.min(this.list.scrollTop, option.offsetTop),
      )
  }

  // Below the line, or above it where the window ends or the bar with the buttons begins.
  place(from) {
    const line = this.view.coordsAtPos(from)
    const around = this.view.dom.parentElement.getBoundingClientRect()
    const bar = document.querySelector(".desk-bar")?.getBoundingClientRect()
    const end = bar?.height ? Math.min(window.innerHeight, bar.top) : window.innerHeight
    const height = this.list.offsetHeight
    const isAbove = line.bottom + height + 6 > end && line.top - height - 6 > 0
    this.list.style.top = `${(isAbove ? line.top - height - 6 : line.bottom + 6) - around.top}px`
    this.list.style.left = `${Math.max(0, Math.min(line.left - around.left, around.width - this.list.offsetWidth))}px`
  }

  key(event) {
    if (!this.state || event.isComposing) return false
    const last = this.items.length - 1
    if (event.key === "ArrowDown") this.point(this.index === last ? 0 : this.index + 1)
    else if (event.key === "ArrowUp") this.point(this.index === 0 ? last : this.index - 1)
    else if (this.items[this.index]?.isNothing && event.key !== "Escape") {
      if (event.key === "Enter") this.close()
      return false
    } else if (event.key === "Enter" || event.key === "Tab") this.take(this.items[this.index])
    else if (event.key === "Escape") {
      event.stopPropagation()
      this.close(true)
    } else return false
    return true
  }

  close(isByHand = false) {
    const { state } = this
    const tr = this.view.state.tr.setMeta(menuKey, { close: true })
    // The "/" that a button wrote goes with its menu; one that was typed is a letter like any other.
    if (isByHand && state?.isByButton) tr.delete(state.from, this.view.state.selection.from)
    this.view.dispatch(tr)
  }

  take(item) {
    if (item.isNothing) return
    const { state } = this
    const tr = this.view.state.tr.setMeta(menuKey, { close: true })
    if (!state.isOffer) tr.delete(state.from, this.view.state.selection.from)
    this.view.dispatch(tr)
    item.run?.(this.editor)
  }

  destroy() {
    clearTimeout(this.timer)
    this.view.dom.removeEventListener("blur", this.blur)
    this.list.remove()
  }
}

// Where "/" means the menu: at the start of a line, after a space, or after the end of a sentence at a line's end.
const opensMenu = ({ selection }) => {
  const { $from, empty } = selection
  if (!empty || $from.depth !== 1 || !$from.parent.isTextblock) return false
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, " ")
  const isAtEnd = $from.parentOffset === $from.parent.content.size
  return !before || /\s$/.test(before) || (isAtEnd && /[.!?…:;"'”’»)\]]$/.test(before))
}

// ---- Pictures -----------------------------------------------------------------------------------------------------

const pictures = (files) => [...(files || [])].filter((file) => file.type.startsWith("image/"))

const send = async (editor, file, progressed) => {
  const { options } = cardOf(editor)
  const { answer } = await upload(options.library.upload, file, { token: token(editor), progressed })
  const id = answer.twin?.id ?? answer.id
  if (!id) throw new Error(answer.error)
  const { photos } = await asked(options.asked.photos, { ids: id })
  return { id, photos }
}

const findCard = (editor, id) => {
  let found = null
  editor.state.doc.forEach((node, at) => {
    if (node.type.name === "storyCard" && blockOf(node).id === id) found = { node, at, block: blockOf(node) }
  })
  return found
}

// A picture on its way into the library has its card from the start.
const uploadTo = (editor, file, at) => {
  const { storage } = cardOf(editor)
  const id = newId()
  const running = { name: file.name, done: 0 }
  const show = () => storage.views.get(id)?.sync()
  const begin = () => {
    Object.assign(running, { error: "", done: 0 })
    running.ended = send(editor, file, (done) => {
      running.done = done
      show()
    })
      .then((sent) => {
        storage.uploads.delete(id)
        storage.sent.set(id, sent)
        if (editor.isDestroyed) return
        editor.view.domObserver.flush()
        const found = findCard(editor, id)
        if (!found) return
        const { selection } = editor.state
        const isWaiting = selection.node && selection.from === found.at
        const tr = editor.state.tr
        tr.setNodeAttribute(found.at, "data-block", JSON.stringify({ ...found.block, photo: placed(sent.id) }))
        tr.setNodeAttribute(found.at, "data-shown", JSON.stringify({ photos: sent.photos }))
        editor.view.dispatch(tr.setMeta("addToHistory", false))
        if (!isWaiting || !editor.view.dom.contains(document.activeElement)) return
        if (sent.photos[sent.id]?.lacks.length) editor.commands.enterMending()
        else editor.commands.writeAfter(found.at)
      })
      .catch((error) => {
        running.error = `${running.name}: ${error.message}`
        running.ended = null
        show()
      })
    show()
  }
  running.again = begin
  storage.uploads.set(id, running)
  begin()
  editor.commands.insertCard({ id, type: "photo", photo: null }, {}, { at })
}

const uploadAll = (editor, files, at) => {
  editor.view.focus()
  // Each goes before the one that was put there first, so the last comes first.
  for (const file of at === null ? files : [...files].reverse()) uploadTo(editor, file, at)
}

// Between which blocks a point lies.
const placeAt = (view, event) => {
  let place = view.state.doc.content.size
  view.state.doc.forEach((node, at) => {
    const dom = view.nodeDOM(at)
    if (!dom?.getBoundingClientRect || place < view.state.doc.content.size) return
    const { top, bottom } = dom.getBoundingClientRect()
    if (event.clientY < (top + bottom) / 2) place = Math.min(place, at)
  })
  return place
}

// One after the other, in the order in which they lay. The gallery may be moved meanwhile, and a save waits for them.
const addToGallery = (editor, view, files) => {
  const { storage } = cardOf(editor)
  const { id } = view.block
  const add = async (file) => {
    try {
      const sent = await send(editor, file, () => {})
      const card = editor.isDestroyed ? null : storage.views.get(id)
      if (!card) return
      const photos = [...(card.block.photos || []), placed(sent.id)]
      card.set(
        { ...card.block, photos },
        { shown: { ...card.shown, photos: { ...card.shown.photos, ...sent.photos } } },
      )
    } catch (error) {
      const text = `${file.name}: ${error.message}`
      storage.views
        .get(id)
        ?.body.append(made("p", { className: "story-card-notice", role: "alert", textContent: text }))
    }
  }
  const running = {}
  const addAll = async () => {
    for (const file of files) await add(file)
    storage.uploads.delete(running)
  }
  for (const notice of view.body.querySelectorAll(":scope > .story-card-notice")) notice.remove()
  storage.uploads.set(running, running)
  running.ended = addAll()
}

// ---- The extension ------------------------------------------------------------------------------------------------

const ADDRESS = /^(?:https?:\/\/|www\.)\S+$/i

export const StoryInsert = Extension.create({
  name: "storyInsert",

  addCommands() {
    return {
      openInsertMenu:
        () =>
        ({ editor, dispatch }) => {
          if (!dispatch) return true
          // After the click that asked for it, which focuses the text.
          queueMicrotask(() => {
            freshLine(editor)
            const { from } = editor.state.selection
            editor.view.focus()
            editor.view.dispatch(
              editor.state.tr.insertText("/").setMeta(menuKey, { open: from, isByButton: true }).scrollIntoView(),
            )
          })
          return true
        },
      // Where the next photo of a gallery is chosen.
      enterAdding:
        () =>
        ({ editor }) => {
          const view = chosenCard(editor)
          view?.body.querySelector(":scope > .story-card-acts button")?.focus()
          return Boolean(view)
        },
      // Into the fields for what a photo lacks.
      enterMending:
        () =>
        ({ editor }) => {
          const view = chosenCard(editor)
          const field = view?.dom.querySelector(".story-card-mend input")
          field?.focus({ preventScroll: true })
          field?.scrollIntoView({ block: "center" })
          return Boolean(field)
        },
    }
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "insert",
      groups: "nodes",
      priority: 200,
      button: buttons.material("add", gettext("Insert")),
      command: (editor) => editor.commands.openInsertMenu(),
    })
  },

  addProseMirrorPlugins() {
    const { editor } = this
    let menu = null

    const offer = (view, url) => {
      const { options } = cardOf(editor)
      const paragraph = view.state.selection.$from.parent
      asked(options.asked.address, { url }).then(
        ({ block, shown }) => {
          const { $from } = view.state.selection
          if (!block || $from.parent !== paragraph || !view.hasFocus()) return
          const put = () => {
            const at = $from.before(1)
            const tr = view.state.tr.delete(at + 1, at + 1 + paragraph.content.size)
            view.dispatch(tr.setSelection(pm.state.TextSelection.create(tr.doc, at + 1)))
            editor.commands.insertCard(block, shown)
            editor.commands.writeAfter(editor.state.selection.from)
          }
          const label =
            block.type === "related"
              ? `${gettext("Related story")}: ${shown.item.headline}`
              : `${gettext("Show the player")}: ${shown.provider}`
          const items = [
            { icon: block.type === "related" ? "article" : "code", label, run: put },
            { icon: "link", label: gettext("Keep the address") },
          ]
          view.dispatch(view.state.tr.setMeta(menuKey, { open: $from.start(), items }))
        },
        () => {},
      )
    }

    return [
      new Plugin({
        key: menuKey,
        state: {
          init: () => null,
          apply: (tr, state) => {
            const asked = tr.getMeta(menuKey)
            if (asked?.close) return null
            if (asked?.items) return { from: asked.open, items: asked.items, isOffer: true }
            if (asked?.found)
              return state && { ...state, found: asked.found, items: storyItems(state.words, asked.found) }
            if (asked) return { from: asked.open, items: ITEMS, isByButton: asked.isByButton }
            if (!state) return null
            if (state.isOffer) return tr.docChanged || tr.selectionSet ? null : state
            if (!tr.docChanged && !tr.selectionSet) return state
            const from = tr.mapping.map(state.from, -1)
            const { $from, empty } = tr.selection
            if (!empty || $from.pos <= from || from < $from.start()) return null
            const text = tr.doc.textBetween(from, $from.pos, undefined, " ")
            if (!text.startsWith("/")) return null
            const before = tr.doc.textBetween($from.start(), from, undefined, " ")
            const menu = offered(text.slice(1), before, state.found)
            return menu && { ...state, from, ...menu }
          },
        },
        view: (view) => (menu = new Menu(view, editor)),
        props: {
          handleTextInput: (view, from, to, text) => {
            if (text !== "/" || from !== to || !opensMenu(view.state)) return false
            view.dispatch(view.state.tr.insertText("/", from, to).setMeta(menuKey, { open: from }).scrollIntoView())
            return true
          },
          handleKeyDown: (_view, event) => menu.key(event),
          handleDrop: (view, event) => {
            const files = event.dataTransfer?.files
            if (!files?.length) return false
            const found = pictures(files)
            const onto = event.target.closest?.(".story-card-gallery")?.closest(".story-card")
            const gallery = onto && [...cardOf(editor).storage.views.values()].find((each) => each.dom === onto)
            if (gallery) addToGallery(editor, gallery, found)
            else if (found.length) uploadAll(editor, found, placeAt(view, event))
            return true
          },
          handlePaste: (view, event) => {
            const data = event.clipboardData
            const text = data?.getData("text/plain").trim() || ""
            const found = pictures(data?.files)
            if (found.length && !text) {
              uploadAll(editor, found, null)
              return true
            }
            const { $from, empty } = view.state.selection
            if (
              !ADDRESS.test(text) ||
              text.length > 1000 ||
              !empty ||
              $from.depth !== 1 ||
              $from.parent.type.name !== "paragraph" ||
              $from.parent.content.size
            )
              return false
            const url = text.includes("://") ? text : `https://${text}`
            const link = view.state.schema.marks.link.create({ href: url })
            view.dispatch(
              view.state.tr.replaceSelectionWith(view.state.schema.text(text, [link]), false).scrollIntoView(),
            )
            offer(view, url)
            return true
          },
        },
      }),
    ]
  },
})
