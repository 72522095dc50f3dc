// The cards in a story's body: each looks like what readers get, and is written in place. A card is one node that holds
// its block as JSON; a field changes that JSON and nothing else, so what nobody touches comes back byte for byte.
import {
  Bold,
  BulletList,
  Code,
  Document,
  Editor,
  HardBreak,
  Italic,
  Node,
  Paragraph,
  Strike,
  Subscript,
  Superscript,
  Text,
  gettext,
  pm,
} from "django-prose-editor/editor"
import { Link, ListItem, OrderedList, SteadyCaret, keepsOneThread } from "./editor.js"
import { StoryPaste } from "./editor_paste.js"

const made = (name, values = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) continue
    if (key === "className" || key === "textContent" || key in { value: 1, type: 1, disabled: 1, hidden: 1, rows: 1 })
      element[key] = value
    else element.setAttribute(key, value === true ? "" : value)
  }
  element.append(...children)
  return element
}

const parsed = (text) => {
  try {
    const block = JSON.parse(text || "null")
    return block && typeof block === "object" ? block : {}
  } catch {
    return {}
  }
}

const blockOf = (node) => parsed(node.attrs["data-block"])

const random = () => crypto.getRandomValues(new Uint32Array(1))[0].toString(16)

// Whether readers could be shown a card. One that is not filled in yet stays on the page and is not kept.
const isFilled = (block) => {
  const filled = {
    photo: () => block.photo,
    gallery: () => block.photos?.length,
    video: () => block.video,
    related: () => block.article,
    embed: () => block.provider,
    factbox: () => block.title || (block.html || "").replace(/<[^>]+>|&nbsp;|\s/g, ""),
  }
  return Boolean(filled[block.type] ? filled[block.type]() : block.type)
}

const NAMES = {
  photo: gettext("Photo"),
  gallery: gettext("Gallery"),
  video: gettext("Video"),
  related: gettext("Related story"),
  embed: gettext("Embed"),
  factbox: gettext("Fact box"),
}

const asked = async (address, values) => {
  const answer = await fetch(`${address}?${new URLSearchParams(values)}`, {
    headers: { "X-Requested-With": "XMLHttpRequest" },
    credentials: "same-origin",
  })
  if (!answer.ok || answer.redirected) throw new Error(answer.status)
  return answer.json()
}

const OFFLINE = gettext("The desk cannot be reached, or you are logged out. Try again in a while.")

// ---- A card on the page -------------------------------------------------------------------------------------------

class CardView {
  constructor(node, editor, getPos, extension) {
    Object.assign(this, { node, editor, getPos, options: extension.options, storage: extension.storage })
    this.block = blockOf(node)
    this.shown = parsed(node.attrs["data-shown"])
    this.body = made("div", { className: "story-card-body" })
    const button = (text, title, act) => {
      const tool = made("button", { type: "button", textContent: text, title, "aria-label": title })
      tool.addEventListener("click", act)
      return tool
    }
    this.tools = made(
      "div",
      { className: "story-card-tools" },
      button("↑", gettext("Move up"), () => this.move(-1)),
      button("↓", gettext("Move down"), () => this.move(1)),
      button("×", gettext("Take it out"), () => this.remove()),
    )
    this.dom = made(
      "div",
      {
        className: `story-card story-card-${/^[a-z]+$/.test(this.block.type) ? this.block.type : "unknown"}`,
        role: "group",
        tabindex: "0",
      },
      this.body,
      this.tools,
    )
    this.dom.contentEditable = "false"
    // A card takes the focus itself, as a button does. Left to the browser, a click on what cannot be edited puts the
    // caret at the start of the body, where the next key would delete.
    this.dom.addEventListener("focus", () => this.select())
    this.dom.addEventListener("keydown", (event) => this.key(event))
    this.dom.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.stopPropagation() // in a text on the card it would be a line break
        this.leave()
      },
      true,
    )
    this.dom.addEventListener("mousedown", (event) => {
      // In its fields the mouse marks text, and elsewhere drags the card.
      this.dom.draggable = !event.target.closest("input, textarea, .story-card-text")
      if (event.target.closest("input, textarea, button, a, .ProseMirror[contenteditable=true] .ProseMirror")) return
      if (event.target.closest(".story-card-text")) return
      this.dom.focus()
    })
    // What happens in a card's fields is told by the editor, when its text has changed.
    for (const name of ["input", "change"]) this.dom.addEventListener(name, (event) => event.stopPropagation())
    const build = BODIES[this.block.type] || unknown
    this.sync = build(this)
    this.label()
    this.storage.views.set(this.block.id, this)
  }

  label() {
    const name = this.dom.querySelector(".story-card-name")?.textContent || this.block.title || ""
    this.dom.setAttribute("aria-label", [NAMES[this.block.type] || gettext("Block"), name].filter(Boolean).join(": "))
    this.dom.dataset.filled = isFilled(this.block) ? "yes" : "no"
  }

  // The block is another now. `session`: what is written in one go is one step to undo.
  set(block, { shown, session, isQuiet } = {}) {
    this.block = block
    const at = this.getPos()
    const tr = this.editor.state.tr.setNodeAttribute(at, "data-block", JSON.stringify(block))
    if (shown) {
      this.shown = shown
      tr.setNodeAttribute(at, "data-shown", JSON.stringify(shown))
    }
    if (session) tr.setMeta("composition", session)
    if (isQuiet) tr.setMeta("addToHistory", false)
    this.editor.view.dispatch(tr)
    this.label()
  }

  // What it shows is another, as something it points at has changed: nothing that could be undone.
  tell(shown) {
    this.shown = shown
    this.editor.view.domObserver.flush() // or a caret that was put elsewhere this moment would be put back
    const tr = this.editor.state.tr.setNodeAttribute(this.getPos(), "data-shown", JSON.stringify(shown))
    this.editor.view.dispatch(tr.setMeta("addToHistory", false).setMeta("preventUpdate", true))
    this.sync()
  }

  update(node) {
    if (node.type !== this.node.type) return false
    const block = blockOf(node)
    if (block.type !== this.block.type) return false
    const isOther =
      node.attrs["data-block"] !== this.node.attrs["data-block"] ||
      node.attrs["data-shown"] !== this.node.attrs["data-shown"]
    if (block.id !== this.block.id) {
      if (this.storage.views.get(this.block.id) === this) this.storage.views.delete(this.block.id)
      this.storage.views.set(block.id, this)
    }
    this.node = node
    if (isOther) {
      this.block = block
      this.shown = parsed(node.attrs["data-shown"])
      this.sync()
      this.label()
    }
    return true
  }

  select() {
    if (!this.isGone) this.editor.commands.setNodeSelection(this.getPos())
  }

  // The field that one would write in next.
  enter() {
    const fields = [...this.body.querySelectorAll("input, textarea, [contenteditable=true], button, a")]
    const field = fields.find((each) => each.offsetParent && !each.disabled)
    field?.focus()
    return Boolean(field)
  }

  leave() {
    this.editor.commands.writeAfter(this.getPos())
  }

  move(step) {
    this.select()
    this.editor.commands.moveBlock(step)
    this.dom.focus()
  }

  remove() {
    const from = this.getPos()
    const tr = this.editor.state.tr.delete(from, from + this.node.nodeSize)
    if (!tr.doc.childCount) tr.insert(0, this.editor.schema.nodes.paragraph.create())
    tr.setSelection(pm.state.Selection.near(tr.doc.resolve(Math.min(from, tr.doc.content.size)), 1))
    this.editor.view.dispatch(tr.scrollIntoView())
    this.editor.view.focus()
  }

  key(event) {
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault()
      event.stopPropagation()
      return this.move(event.key === "ArrowUp" ? -1 : 1)
    }
    if (event.target === this.dom) {
      if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return
      if (event.key === "Enter" && this.enter()) return void event.preventDefault()
      const isLast = this.getPos() + this.node.nodeSize === this.editor.state.doc.content.size
      if (event.key === "ArrowDown" && isLast) {
        event.preventDefault()
        return this.leave()
      }
      this.select()
      this.editor.view.focus() // which goes on with this key, the card being what is chosen
      return
    }
    if (keepsOneThread(event, this.editor)) return
    if (event.key === "Escape") {
      event.preventDefault()
      this.dom.focus()
    } else if (event.key === "Enter" && !event.defaultPrevented && event.target.matches("input, textarea")) {
      event.preventDefault() // it would send the page
      if (!event.isComposing) this.leave()
    }
  }

  // A line of text on the card.
  field({
    label,
    value,
    className = "",
    most = 2000,
    placeholder = "",
    write,
    name = "textarea",
    isLabelShown = true,
  }) {
    const input = made(name, {
      className,
      maxlength: most,
      rows: name === "textarea" ? 1 : null,
      type: name === "input" ? "text" : null,
    })
    let session = null
    let pause = null
    const afresh = () => {
      session = `card ${random()}`
    }
    input.addEventListener("focus", afresh)
    input.addEventListener("input", () => {
      clearTimeout(pause)
      pause = setTimeout(afresh, 1500)
      write(input.value.replace(/\s*\n\s*/g, " "), session)
    })
    const line = made(
      "label",
      { className: "story-card-field" },
      made("span", { textContent: label, className: isLabelShown ? "" : "visually-hidden" }),
      input,
    )
    line.sync = () => {
      const now = value() || ""
      if (input.value.replace(/\s*\n\s*/g, " ") !== now) input.value = now
      input.placeholder = typeof placeholder === "function" ? placeholder() : placeholder
    }
    line.sync()
    return line
  }

  button(text, act, className = "plain") {
    const button = made("button", { type: "button", textContent: text, className })
    button.addEventListener("click", act)
    return button
  }

  stopEvent(event) {
    if (event.type === "dragstart" || event.type === "dragend") return event.target !== this.dom
    if (["dragover", "dragenter", "dragleave", "drop"].includes(event.type)) return false
    if (event.target === this.dom && event.type !== "mousedown") return false
    return true
  }

  ignoreMutation() {
    return true
  }

  destroy() {
    this.isGone = true
    this.inner?.destroy()
    if (this.storage.views.get(this.block.id) === this) this.storage.views.delete(this.block.id)
  }
}

// ---- What stands on each ------------------------------------------------------------------------------------------

const photoOf = (card, link) => card.shown.photos?.[link.id] || null

// A photo with its caption and credit, as readers see it, and what keeps them from seeing it.
const figure = (card, getLink, setLink, { hasAltText }) => {
  const picture = made("img", { alt: "", loading: "lazy", draggable: "false" })
  const credit = made("span", { className: "story-card-credit" })
  const gone = made("p", { className: "story-card-notice", hidden: true })
  const caption = card.field({
    label: gettext("Caption here"),
    isLabelShown: false,
    className: "story-card-caption",
    value: () => getLink()?.caption,
    placeholder: () => photoOf(card, getLink() || {})?.caption || gettext("Caption"),
    write: (text, session) => setLink({ ...getLink(), caption: text }, session),
  })
  const alt = card.field({
    label: gettext("Alt text here"),
    className: "story-card-alt",
    most: 500,
    value: () => getLink()?.alt_text,
    placeholder: () =>
      photoOf(card, getLink() || {})?.alt_text || gettext("What the picture shows, for those who do not see it"),
    write: (text, session) => setLink({ ...getLink(), alt_text: text }, session),
  })
  const notices = made("div", { className: "story-card-notices", role: "status" })
  const element = made(
    "figure",
    {},
    picture,
    gone,
    made("figcaption", {}, caption, credit),
    ...(hasAltText ? [alt] : []),
    notices,
  )
  let lacking = null
  element.sync = () => {
    const link = getLink()
    if (!link) return
    const photo = photoOf(card, link)
    gone.hidden = Boolean(photo || card.shown.isComing)
    gone.textContent = photo ? "" : gettext("This photo is no longer in the library.")
    picture.hidden = !photo?.picture
    if (photo?.picture && picture.getAttribute("src") !== photo.picture) {
      // Its room is kept before it is there, so that nothing that is being written on moves away.
      if (photo.width) Object.assign(picture, { width: photo.width, height: photo.height })
      picture.src = photo.picture
    }
    picture.alt = link.alt_text || photo?.alt_text || ""
    credit.textContent = photo?.credit_line || ""
    caption.sync()
    alt.sync()
    const state = JSON.stringify([link.id, photo?.lacks, photo?.warnings, photo?.may_mend])
    if (state === lacking) return
    lacking = state
    notices.replaceChildren(
      ...(photo?.warnings || []).map((text) => made("p", { className: "story-card-notice", textContent: text })),
    )
    if (photo?.lacks?.length) notices.append(mending(card, link.id, photo))
  }
  element.sync()
  return element
}

// What a photo lacks is written on its card and saved in the library, where every story has it from then on.
const mending = (card, id, photo) => {
  const fields = {}
  const says = { credit_line: gettext("Credit line"), alt_text: gettext("Alt text: what the picture shows") }
  const said = made("p", { className: "story-card-notice" })
  said.textContent =
    photo.lacks.length === 2
      ? gettext("Readers cannot see this photo yet: it has no credit and no description.")
      : photo.lacks[0] === "credit_line"
        ? gettext("Readers cannot see this photo yet: it has no credit.")
        : gettext("Readers cannot see this photo yet: it has no description.")
  const box = made("div", { className: "story-card-mend" }, said)
  if (!photo.may_mend) {
    // Whether one may is told with what was asked for by this page, and not with what it came with.
    if (photo.may_mend === undefined) refresh(card, [id]).catch(() => {})
    else said.textContent += ` ${gettext("Ask somebody who may change photos to add it.")}`
    return box
  }
  for (const name of photo.lacks) {
    fields[name] = made("input", { type: "text", maxlength: name === "credit_line" ? 200 : 500 })
    box.append(
      made("label", { className: "story-card-field" }, made("span", { textContent: says[name] }), fields[name]),
    )
  }
  const problem = made("p", { className: "story-card-notice", role: "alert" })
  const address = `${card.options.library.complete}?photos=${id}&part=rows`
  let running = null
  const save = async () => {
    problem.textContent = ""
    try {
      const answer = await fetch(address, { credentials: "same-origin" })
      if (answer.status === 403) throw new Error(gettext("You may not change photos. Ask somebody who may to add it."))
      if (!answer.ok || answer.redirected) throw new Error(OFFLINE)
      const rows = made("form")
      rows.innerHTML = await answer.text()
      const data = new FormData(rows)
      for (const [name, field] of Object.entries(fields)) {
        const key = [...data.keys()].find((each) => each.endsWith(`-${name}`) && !each.startsWith("initial-"))
        if (key && field.value.trim()) data.set(key, field.value.trim())
      }
      data.set("csrfmiddlewaretoken", token(card.editor))
      const kept = await fetch(address, { method: "POST", body: data, credentials: "same-origin" })
      if (kept.status === 422) {
        rows.innerHTML = await kept.text()
        throw new Error(
          [...rows.querySelectorAll(".errorlist li")].map((item) => item.textContent).join(" ") || OFFLINE,
        )
      }
      if (!kept.ok) throw new Error(OFFLINE)
      for (const field of Object.values(fields)) field.value = ""
      const hadFocus = box.contains(document.activeElement)
      await refresh(card, [id])
      if (hadFocus && !card.isGone) card.leave()
    } catch (error) {
      problem.textContent = error instanceof TypeError ? OFFLINE : error.message
    }
  }
  const keep = () => (running ||= save().finally(() => (running = null)))
  const isWritten = () => Object.values(fields).some((field) => field.value.trim())
  const button = card.button(gettext("Save in the library"), keep, "primary")
  box.append(
    made(
      "p",
      {},
      button,
      " ",
      made("a", { href: photo.address, target: "_blank", textContent: gettext("Open in the library") }),
    ),
    problem,
  )
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return
    event.preventDefault()
    if (event.isComposing) return
    const empty = Object.values(fields).find((field) => !field.value.trim())
    if (empty) empty.focus()
    else keep()
  })
  // Whoever writes both and publishes at once has them saved first.
  card.storage.unsaved.add(() => (box.isConnected && isWritten() ? keep() : null))
  return box
}

const token = (editor) => editor.view.dom.closest("form")?.querySelector("[name=csrfmiddlewaretoken]")?.value || ""

const refresh = async (card, ids) => {
  const { photos } = await asked(card.options.asked.photos, { ids: ids.join(",") })
  if (card.isGone) return
  const { isComing, ...shown } = card.shown
  card.tell({ ...shown, photos: { ...shown.photos, ...photos } })
}

// A photo stands in the story at once; what it shows follows.
const withPhoto = (card, block, id) => {
  card.set(block, { shown: { ...card.shown, isComing: true } })
  card.sync()
  refresh(card, [id]).catch(() => {})
}

const chosenPhoto = async ({ options }) => {
  let chosen = null
  try {
    chosen = await window.photoDesk.choose(options.library.choose)
  } catch {
    window.open(options.library.choose.replace(/choose\/$/, ""), "_blank") // logged out, perhaps: it says so there
  }
  return chosen?.id || null
}

const placed = (id) => ({ link: "photo", id, caption: "", alt_text: "" })

const photo = (card) => {
  const upload = made("div", { className: "story-card-upload" })
  const change = card.button(gettext("Another photo"), async () => {
    const id = await chosenPhoto(card)
    if (id && !card.isGone) withPhoto(card, { ...card.block, photo: placed(id) }, id)
    card.dom.focus()
  })
  const shown = figure(
    card,
    () => card.block.photo,
    (link, session) => card.set({ ...card.block, photo: link }, { session }),
    { hasAltText: true },
  )
  card.body.append(upload, shown, made("p", { className: "story-card-acts" }, change))
  const sync = () => {
    const has = Boolean(card.block.photo)
    shown.hidden = change.hidden = !has
    upload.hidden = has
    if (has) shown.sync()
    else uploadShown(card, upload)
  }
  sync()
  return sync
}

const uploadShown = (card, place) => {
  const sent = card.storage.sent.get(card.block.id)
  if (sent) {
    // Sent, undone and done again: it is in the library still.
    queueMicrotask(
      () =>
        card.isGone ||
        card.block.photo ||
        card.set({ ...card.block, photo: placed(sent.id) }, { shown: { photos: sent.photos }, isQuiet: true }),
    )
  }
  const running = card.storage.uploads.get(card.block.id)
  if (!running) {
    const choose = card.button(gettext("Choose photo"), async () => {
      const id = await chosenPhoto(card)
      if (!id || card.isGone) return void card.dom.focus()
      withPhoto(card, { ...card.block, photo: placed(id) }, id)
      card.leave()
    })
    place.replaceChildren(choose)
    return
  }
  const bar = made("progress", { max: 1, "aria-label": running.name })
  bar.value = running.done || 0
  const said = made("p", { textContent: running.error || running.name, role: running.error ? "alert" : "status" })
  if (running.error) said.className = "story-card-notice"
  place.replaceChildren(said, ...(running.error ? [card.button(gettext("Try again"), running.again)] : [bar]))
}

const gallery = (card) => {
  const list = made("ol", { className: "story-card-gallery" })
  const add = card.button(gettext("Add photo"), async () => {
    const id = await chosenPhoto(card)
    if (id && !card.isGone) withPhoto(card, { ...card.block, photos: [...(card.block.photos || []), placed(id)] }, id)
    add.focus()
  })
  const done = card.button(gettext("Done"), () => card.leave())
  card.body.append(list, made("p", { className: "story-card-acts" }, add, " ", done))
  let order = null
  const put = (photos, focusAt, act) => {
    card.set({ ...card.block, photos })
    const tool = list.children[focusAt]?.querySelector(`[data-act=${act}]`)
    const other = list.children[Math.min(focusAt, list.children.length - 1)]?.querySelector("button:not(:disabled)")
    ;((tool && !tool.disabled && tool) || other || add).focus()
  }
  const sync = () => {
    const photos = card.block.photos || []
    done.hidden = !photos.length
    const now = JSON.stringify(photos.map((link) => link.id))
    if (now !== order) {
      order = now
      list.replaceChildren(
        ...photos.map((link, at) => {
          const shown = figure(
            card,
            () => card.block.photos?.[at],
            (changed, session) =>
              card.set(
                { ...card.block, photos: card.block.photos.map((each, place) => (place === at ? changed : each)) },
                { session },
              ),
            { hasAltText: false },
          )
          const tool = (act, text, title, make, isOff = false) => {
            const button = card.button(text, () => make())
            Object.assign(button, { title, disabled: isOff })
            button.setAttribute("aria-label", title)
            button.dataset.act = act
            return button
          }
          const swapped = (to) => {
            const others = [...card.block.photos]
            const [moved] = others.splice(at, 1)
            others.splice(to, 0, moved)
            put(others, to, to > at ? "later" : "earlier")
          }
          const item = made(
            "li",
            {},
            shown,
            made(
              "p",
              { className: "story-card-acts" },
              tool("earlier", "←", gettext("Earlier"), () => swapped(at - 1), at === 0),
              tool("later", "→", gettext("Later"), () => swapped(at + 1), at === photos.length - 1),
              tool("out", "×", gettext("Take this photo out"), () =>
                put(
                  card.block.photos.filter((_each, place) => place !== at),
                  at,
                  "out",
                ),
              ),
            ),
          )
          item.sync = shown.sync
          return item
        }),
      )
    } else for (const item of list.children) item.sync()
  }
  sync()
  return sync
}

// A field that looks for stories or videos as one types. One Enter takes the first.
const search = (card, { address, label, take, cancel }) => {
  const id = `story-search-${random()}`
  const input = made("input", {
    type: "text",
    role: "combobox",
    "aria-label": label,
    "aria-expanded": "true",
    "aria-controls": id,
    "aria-autocomplete": "list",
    autocomplete: "off",
    maxlength: 200,
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
  const look = async () => {
    clearTimeout(timer)
    const text = input.value.trim()
    const mine = (number += 1)
    try {
      const { results } = await asked(address, { q: text, but: storyKey() })
      if (mine !== number || !input.isConnected) return
      rows = results
      answered = text
      list.replaceChildren(...rows.map((row, at) => result(row, `${id}-${at}`)))
      said.textContent = rows.length ? "" : gettext("Nothing found. Leave out a word.")
      point(text && rows.length ? 0 : -1)
      if (document.activeElement === input) card.dom.scrollIntoView({ block: "nearest" })
      if (isWanted && rows.length) take(rows[0])
      isWanted = false
    } catch {
      if (mine === number) said.textContent = OFFLINE
    }
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
      if (event.isComposing) return
      if (answered !== input.value.trim()) {
        // What was typed a moment ago is looked for before its first story is taken. One writes on meanwhile.
        isWanted = true
        look()
        card.leave()
      } else if (index >= 0) take(rows[index])
    } else if (event.key === "Escape" || (event.key === "Backspace" && !input.value)) {
      event.preventDefault()
      event.stopPropagation()
      cancel()
    }
  })
  list.addEventListener("mousedown", (event) => event.preventDefault())
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"))
    if (at >= 0) take(rows[at])
  })
  return made("div", { className: "story-card-finder" }, input, said, list)
}

// The story that is being written is no story to relate it to.
const storyKey = () =>
  document.querySelector("form input[name=key]")?.value ||
  location.pathname.match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0] ||
  ""

const mark = (row) => made("span", { className: `state state-${row.state_name}`, textContent: row.state })

const result = (row, id) =>
  made(
    "li",
    { role: "option", id, "aria-selected": "false" },
    ...(row.picture ? [made("img", { src: row.picture, alt: "" })] : []),
    made("span", {}, made("strong", { textContent: row.headline }), made("small", {}, mark(row), ` · ${row.when}`)),
  )

const searched = (kind, label, links) => (card) => {
  const place = made("div")
  card.body.append(place)
  let now = null
  const isNew = () => !links.get(card.block)
  const choose = () => {
    now = null
    place.replaceChildren(
      search(card, {
        address: card.options.asked[kind],
        label,
        take: (row) => {
          const isHere = card.dom.contains(document.activeElement)
          card.set(links.set(card.block, row.id), { shown: { item: row } })
          show()
          if (isHere) card.leave()
        },
        cancel: () => {
          if (isNew()) return card.remove()
          show()
          card.dom.focus()
        },
      }),
    )
    if (!isNew()) place.querySelector("input").focus()
  }
  const show = () => {
    const row = card.shown.item
    const state = JSON.stringify([links.get(card.block), row])
    if (state === now) return
    now = state
    const change = card.button(gettext("Change"), choose)
    if (!row?.id) {
      place.replaceChildren(
        made("p", { className: "story-card-notice", textContent: gettext("It is no longer at the desk.") }),
        change,
      )
      return
    }
    place.replaceChildren(
      made(
        "div",
        { className: "story-card-item" },
        ...(row.picture ? [made("img", { src: row.picture, alt: "", loading: "lazy", draggable: "false" })] : []),
        made(
          "div",
          {},
          made("strong", { className: "story-card-name", textContent: row.headline }),
          ...(row.standfirst ? [made("p", { textContent: row.standfirst })] : []),
          made(
            "p",
            { className: "story-card-meta" },
            mark(row),
            ` · ${row.when} · `,
            made("a", { href: row.address, target: "_blank", textContent: gettext("Open") }),
            " ",
            change,
          ),
        ),
      ),
    )
  }
  const sync = () => {
    if (!isNew()) show()
    else if (!place.querySelector(".story-card-search")) choose()
  }
  sync()
  return sync
}

const video = searched("videos", gettext("Find a video by its headline"), {
  get: (block) => block.video,
  set: (block, id) => ({ ...block, video: { link: "video", id, whole: true } }),
})

const related = searched("stories", gettext("Find a story by its headline"), {
  get: (block) => block.article,
  set: (block, id) => ({ ...block, article: { link: "article", id } }),
})

const EXAMPLE = "https://www.youtube.com/watch?v=…"

const embed = (card) => {
  const problem = made("p", { className: "story-card-notice", role: "alert" })
  let running = null
  const check = async () => {
    const url = address.lastChild.value.trim()
    if (!url) return
    const mine = (running = {})
    problem.textContent = ""
    try {
      const answer = await asked(card.options.asked.address, { url })
      if (mine !== running || card.isGone) return
      if (answer.refusal) return void (problem.textContent = answer.refusal)
      const isOwn = answer.block.type === "related"
      if (isOwn)
        return card.editor.commands.replaceCard(card.getPos(), { ...answer.block, id: card.block.id }, answer.shown)
      const isHere = asking.contains(document.activeElement)
      card.set({ ...answer.block, title: card.block.title || "", id: card.block.id }, { shown: answer.shown })
      sync()
      if (isHere) title.lastChild.focus()
    } catch {
      if (mine === running) problem.textContent = OFFLINE
    }
  }
  const address = card.field({
    label: gettext("Address of the page that the video or post has"),
    name: "input",
    most: 1000,
    placeholder: EXAMPLE,
    value: () => card.block.url,
    write: (text, session) => card.set({ ...card.block, url: text }, { session }),
  })
  address.lastChild.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && !address.lastChild.value) {
      event.preventDefault()
      return card.remove()
    }
    if (event.key !== "Enter" || !address.lastChild.value.trim()) return
    event.preventDefault()
    check()
    card.leave()
  })
  address.lastChild.addEventListener("paste", () => setTimeout(check))
  const box = made("div", { className: "story-card-player" })
  const title = card.field({
    label: gettext("Title"),
    name: "input",
    most: 300,
    className: "story-card-caption",
    isLabelShown: false,
    placeholder: gettext("What it shows, for the line below the player"),
    value: () => card.block.title,
    write: (text, session) => card.set({ ...card.block, title: text }, { session }),
  })
  const change = card.button(gettext("Another address"), () => {
    const { provider, ...rest } = card.block
    card.set(rest)
    address.lastChild.focus()
    address.lastChild.select()
  })
  const asking = made("div", {}, address, card.button(gettext("Look it up"), check), problem)
  const showing = made("div", {}, box, title, made("p", { className: "story-card-acts" }, change))
  card.body.append(asking, showing)
  let now = null
  const sync = () => {
    const has = Boolean(card.block.provider)
    asking.hidden = has
    showing.hidden = !has
    address.sync()
    title.sync()
    const { provider, player } = card.shown
    if (!has || now === card.block.url) return
    now = card.block.url
    const play = card.button(gettext("Show the player"), () => {
      box.replaceChildren(
        made("iframe", {
          src: player,
          title: provider,
          allow: "fullscreen; picture-in-picture; encrypted-media",
          referrerpolicy: "strict-origin-when-cross-origin",
        }),
      )
    })
    play.hidden = !player
    box.replaceChildren(
      made("strong", { textContent: provider || card.block.provider }),
      made("a", {
        href: card.block.url,
        target: "_blank",
        rel: "noreferrer",
        textContent: card.block.url,
        className: "story-card-address",
      }),
      play,
    )
  }
  sync()
  return sync
}

const factbox = (card) => {
  const title = card.field({
    label: gettext("Title of the fact box"),
    isLabelShown: false,
    name: "input",
    most: 300,
    className: "story-card-title",
    placeholder: gettext("Title"),
    value: () => card.block.title,
    write: (text, session) => card.set({ ...card.block, title: text }, { session }),
  })
  title.lastChild.addEventListener("keydown", (event) => {
    if (!["Enter", "ArrowDown"].includes(event.key) || event.isComposing || event.altKey) return
    event.preventDefault()
    // At once: Tiptap's own focus comes a frame later, and the next letter would not wait for it.
    card.inner.commands.setTextSelection(1)
    card.inner.view.focus()
  })
  const place = made("div", { className: "story-card-text" })
  const acts = made("p", { className: "story-card-acts", role: "toolbar", "aria-label": gettext("Fact box") })
  card.body.append(title, place, acts)
  let session = null
  let pause = null
  const afresh = () => {
    session = `facts ${random()}`
  }
  card.inner = new Editor({
    element: place,
    content: card.block.html || "",
    extensions: [
      Document,
      Paragraph,
      Text,
      Bold,
      Italic,
      Strike,
      Code,
      Subscript,
      Superscript,
      HardBreak,
      BulletList,
      OrderedList,
      ListItem,
      Link,
      SteadyCaret,
      StoryPaste,
    ],
    editorProps: {
      attributes: { "aria-label": gettext("Text of the fact box"), role: "textbox", "aria-multiline": "true" },
    },
    onFocus: afresh,
    onUpdate: ({ editor }) => {
      clearTimeout(pause)
      pause = setTimeout(afresh, 1500)
      card.set({ ...card.block, html: editor.getHTML() }, { session })
    },
  })
  let kept = card.block.html || ""
  for (const [text, name, run] of [
    ["B", gettext("Bold"), (chain) => chain.toggleBold()],
    ["I", gettext("Italic"), (chain) => chain.toggleItalic()],
    ["•", gettext("List"), (chain) => chain.toggleBulletList()],
    ["1.", gettext("Numbered list"), (chain) => chain.toggleOrderedList()],
  ]) {
    const button = card.button(text, () => run(card.inner.chain().focus()).run())
    button.title = name
    button.setAttribute("aria-label", name)
    acts.append(button, " ")
  }
  const link = card.button(gettext("Link"), () => card.inner.commands.addLink())
  acts.append(
    link,
    " ",
    card.button(gettext("Done"), () => card.leave()),
  )
  return () => {
    title.sync()
    const html = card.block.html || ""
    if (html !== kept && html !== card.inner.getHTML()) card.inner.commands.setContent(html, { emitUpdate: false })
    kept = html
  }
}

const unknown = (card) => {
  card.body.append(made("span", { className: "story-card-name", textContent: card.shown.label || gettext("Block") }))
  return () => {}
}

const BODIES = { photo, gallery, video, related, embed, factbox }

// ---- The node -----------------------------------------------------------------------------------------------------

export const StoryCard = Node.create({
  name: "storyCard",
  group: "block",
  atom: true,
  draggable: true,
  selectable: true,

  extendNodeSchema() {
    const withId = (node, id) => {
      const { id: _former, ...block } = blockOf(node)
      return JSON.stringify({ id, ...block })
    }
    return { idOf: (node) => blockOf(node).id, withId }
  },

  addOptions() {
    return { asked: {}, library: {} }
  },

  addStorage() {
    return {
      views: new Map(),
      uploads: new Map(),
      sent: new Map(),
      unsaved: new Set(),
      isFilled,
      blockOf,
      asked,
      token,
      placed,
      chosenPhoto,
      made,
    }
  },

  addAttributes() {
    return {
      "data-block": {
        default: null,
        parseHTML: (element) => element.getAttribute("data-block") ?? element.getAttribute("data-unfilled"),
      },
      "data-shown": { default: null, parseHTML: (element) => element.getAttribute("data-shown") },
    }
  },

  parseHTML() {
    return [{ tag: "div[data-block]" }, { tag: "div[data-unfilled]" }]
  },

  renderHTML({ node }) {
    const block = blockOf(node)
    const shown = node.attrs["data-shown"] ? { "data-shown": node.attrs["data-shown"] } : {}
    if (isFilled(block)) {
      // A box with nothing but its title is one as well.
      const isBare = block.type === "factbox" && !block.html
      // The editor takes a text that is one element with nothing in it for no text at all: hence the span (body_html.py writes it too).
      return [
        "div",
        { "data-block": isBare ? JSON.stringify({ ...block, html: "<p></p>" }) : node.attrs["data-block"], ...shown },
        ["span"],
      ]
    }
    // An address that is no player (yet) is kept as text.
    if (block.type === "embed" && block.url) return ["p", {}, block.url]
    return ["div", { "data-unfilled": node.attrs["data-block"] }]
  },

  addNodeView() {
    return ({ node, editor, getPos }) => new CardView(node, editor, getPos, this)
  },

  addCommands() {
    return {
      // A new card where the caret is: in place of an empty line, else below the block.
      insertCard:
        (block, shown = {}, { at = null } = {}) =>
        ({ tr, state, dispatch }) => {
          const id = block.id || random() + random()
          const node = state.schema.nodes.storyCard.create({
            "data-block": JSON.stringify({ id, ...block }),
            "data-shown": JSON.stringify(shown),
          })
          let place = at
          if (place === null) {
            const { $from } = tr.selection
            const isEmptyLine =
              $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size
            if (isEmptyLine) {
              place = $from.before(1)
              tr.delete(place, $from.after(1))
            } else place = $from.depth ? $from.after(1) : tr.selection.to
          }
          tr.insert(place, node)
          tr.setSelection(pm.state.NodeSelection.create(tr.doc, place)).scrollIntoView()
          return Boolean(dispatch) || true
        },
      replaceCard:
        (at, block, shown) =>
        ({ tr, state }) => {
          const node = state.schema.nodes.storyCard.create({
            "data-block": JSON.stringify(block),
            "data-shown": JSON.stringify(shown),
          })
          tr.replaceWith(at, at + tr.doc.nodeAt(at).nodeSize, node)
          return true
        },
      // Into the fields of the card that is chosen.
      enterCard:
        () =>
        ({ editor }) => {
          const { node } = editor.state.selection
          return Boolean(node && editor.storage.storyCard.views.get(blockOf(node).id)?.enter())
        },
    }
  },

  addKeyboardShortcuts() {
    const enter = () => {
      const { node } = this.editor.state.selection
      if (node?.type.name !== "storyCard") return false
      return Boolean(this.storage.views.get(blockOf(node).id)?.enter())
    }
    const below = () => {
      const { node, to } = this.editor.state.selection
      if (!node || to !== this.editor.state.doc.content.size) return false
      return this.editor.commands.writeAfter(to - node.nodeSize)
    }
    return { Enter: enter, Tab: enter, ArrowDown: below }
  },

  onCreate() {
    this.storage.refresh = (id, photo) => refresh(this.storage.views.get(id), [photo]).catch(() => {})
    const form = this.editor.view.dom.closest("form")
    const { storage } = this
    // A save waits for photos that are on their way, and for credits that were written a moment ago.
    let isReady = false
    form?.addEventListener(
      "submit",
      (event) => {
        if (isReady || this.editor.isDestroyed) return void (isReady = false)
        const open = [...storage.uploads.values()].map((upload) => upload.ended).filter(Boolean)
        for (const save of storage.unsaved) open.push(save())
        const waiting = open.filter(Boolean)
        if (!waiting.length) return
        event.preventDefault()
        event.stopImmediatePropagation()
        Promise.allSettled(waiting).then(() => {
          isReady = true
          form.requestSubmit(event.submitter)
        })
      },
      true,
    )
    // Who comes back from mending a photo in the library sees it mended.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return
      for (const card of storage.views.values()) {
        const lacking = Object.entries(card.shown.photos || {}).filter(([, each]) => each.lacks.length)
        if (lacking.length)
          refresh(
            card,
            lacking.map(([id]) => id),
          ).catch(() => {})
      }
    })
  },
})
