// What is pasted comes out as a story is written: paragraphs, headings, lists, quotes, tables, links and emphasis, and
// nothing of how it looked in Word, Google Docs or on a page. What cannot be kept is counted, and said below the text.
import { Extension, Plugin, gettext, pm } from "django-prose-editor/editor"
import { target } from "./editor_links.js"

const SILENT =
  "style, script, meta, link, title, head, xml, noscript, template, source, track, param, datalist, .Apple-interchange-newline, [hidden]"
const LISTS = ["UL", "OL"]
const HEADINGS = { H1: 2, H2: 2, H3: 3, H4: 4, H5: 4, H6: 4 }
const MARKS = {
  B: "strong",
  STRONG: "strong",
  I: "em",
  EM: "em",
  S: "s",
  STRIKE: "s",
  DEL: "s",
  SUB: "sub",
  SUP: "sup",
  CODE: "code",
  TT: "code",
  CITE: "em",
}
const BLOCKS = new Set(
  "P DIV SECTION ARTICLE ASIDE HEADER FOOTER MAIN NAV FIGURE FIGCAPTION ADDRESS DL DT DD FORM FIELDSET LEGEND LABEL CENTER PRE TABLE TBODY THEAD TFOOT TR TD TH CAPTION UL OL LI BLOCKQUOTE HR H1 H2 H3 H4 H5 H6 BODY DETAILS SUMMARY HGROUP DIALOG MENU SEARCH".split(
    " ",
  ),
)

const escaped = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")

const styleOf = (element) =>
  `;${(element.getAttribute("style") || "")
    .toLowerCase()
    .replace(/\s*([:;])\s*/g, "$1")
    .trim()}`

const isBlock = (node) =>
  BLOCKS.has(node.tagName) ||
  node.tagName.includes("-") ||
  /;display:(block|flex|grid|table|list-item)/.test(styleOf(node))

// What an element means by its name and its looks.
const marksOf = (element) => {
  const style = styleOf(element)
  const found = new Set(MARKS[element.tagName] ? [MARKS[element.tagName]] : [])
  if (/;font-weight:(normal|[1-4]00|lighter)/.test(style)) found.delete("strong")
  else if (/;font-weight:(bold|[6-9]00)/.test(style)) found.add("strong")
  if (/;font-style:normal/.test(style)) found.delete("em")
  else if (/;font-style:(italic|oblique)/.test(style)) found.add("em")
  if (/;text-decoration[^;]*:[^;]*line-through/.test(style)) found.add("s")
  if (/;vertical-align:super/.test(style)) found.add("sup")
  if (/;vertical-align:sub/.test(style)) found.add("sub")
  return found
}

const isHidden = (element) =>
  /display:none|mso-hide:all|mso-list:ignore|mso-element:comment|visibility:hidden/.test(styleOf(element))

// ---- What cannot be kept ------------------------------------------------------------------------------------------

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u200d\ufe0f\u20e3#*0-9]|\p{Emoji_Modifier})+$/u
const isDot = (image) =>
  ["width", "height"].some((name) => /^[012](px)?$/.test(image.getAttribute(name) || "")) ||
  /;(width|height):[012]px/.test(styleOf(image))

const kindOf = (element) => {
  const name = element.tagName.toUpperCase()
  if (name === "VIDEO") return "video"
  if (name === "AUDIO") return "sound"
  if (["IFRAME", "OBJECT", "EMBED", "FRAME", "APPLET"].includes(name)) return "player"
  if (["CANVAS", "MATH"].includes(name)) return "other"
  if (name === "SVG")
    return element.closest("a, button, [aria-hidden=true]") || element.getAttribute("aria-hidden") === "true"
      ? null
      : "picture"
  return isDot(element) ? null : "picture"
}

// Takes out of a page what no text can hold; answers how many of each kind.
const takeOut = (page) => {
  const left = {}
  const count = (kind) => kind && (left[kind] = (left[kind] || 0) + 1)
  for (const element of page.querySelectorAll(
    "img, picture, svg, video, audio, iframe, object, embed, frame, applet, canvas, math",
  )) {
    if (!page.body.contains(element) || element.parentElement.closest("picture, svg, video, audio, object, math"))
      continue
    const sign = element.tagName === "IMG" ? element.getAttribute("alt") || "" : ""
    if (sign && EMOJI.test(sign)) element.replaceWith(sign)
    else count(kindOf(element))
  }
  for (const element of page.querySelectorAll(
    "img, picture, svg, video, audio, iframe, object, embed, frame, applet, canvas, math",
  ))
    element.remove()
  const fields = "input:not([type=hidden]), select, textarea, button, progress, meter"
  for (const form of page.querySelectorAll("form")) if (form.querySelector(fields)) count("form")
  for (const field of page.querySelectorAll(fields)) {
    if (!field.closest("form") && !field.matches("button")) count("field")
    field.remove()
  }
  return left
}

const NAMES = {
  picture: (count) => ngettext("%s picture", "%s pictures", count),
  video: (count) => ngettext("%s video", "%s videos", count),
  sound: (count) => ngettext("%s audio clip", "%s audio clips", count),
  player: (count) => ngettext("%s embedded page", "%s embedded pages", count),
  form: (count) => ngettext("%s form", "%s forms", count),
  field: (count) => ngettext("%s form field", "%s form fields", count),
  card: (count) => ngettext("%s card", "%s cards", count),
  other: (count) => ngettext("%s other thing", "%s other things", count),
}

const sentence = (left) => {
  const parts = Object.keys(NAMES)
    .filter((kind) => left[kind])
    .map((kind) => NAMES[kind](left[kind]).replace("%s", left[kind]))
  return parts.length ? gettext("Left out of what you pasted: %s").replace("%s", parts.join(", ")) : ""
}

// ---- Lines --------------------------------------------------------------------------------------------------------

// Runs of text as HTML: blanks as in a text, each mark opened once. Two breaks in a row end a line: an array of lines.
const linesOf = (runs, { isHead = false } = {}) => {
  if (!runs.some(({ text }) => text.replace(/[\s\u00a0\u200b]/g, ""))) return []
  const parts = []
  let isBlank = true // nothing, or a blank, stands before
  for (const { text, marks } of runs) {
    let clean = text
      .replace(/[\u200b\ufeff\u00ad]/g, "")
      .replace(/ ?\n ?/g, "\n")
      .replace(/[ \u00a0]{2,}/g, " ")
    if (isBlank) clean = clean.replace(/^[ \u00a0]+/, "")
    if (!clean) continue
    isBlank = /[ \u00a0\n]$/.test(clean)
    const kept = isHead ? marks.filter((mark) => mark !== "strong") : marks
    const last = parts.at(-1)
    if (last && last.marks.join() === kept.join()) last.text += clean
    else parts.push({ text: clean, marks: kept })
  }
  if (parts.length) {
    parts[0].text = parts[0].text.replace(/^\s+/, "")
    parts.at(-1).text = parts.at(-1).text.replace(/[\s\u00a0]+$/, "")
  }
  return parts
    .filter((part) => part.text)
    .map(({ text, marks }) => {
      const inner = escaped(text).replace(/\n+/g, (breaks) => (breaks.length > 1 ? "\u0000" : "<br>"))
      const opened = marks.map((mark) => `<${mark}>`).join("")
      const closed = [...marks]
        .reverse()
        .map((mark) => `</${mark.split(" ")[0]}>`)
        .join("")
      return inner
        .split("\u0000")
        .map((each) => (each ? opened + each + closed : ""))
        .join("\u0000")
    })
    .join("")
    .split("\u0000")
    .map((line) => line.replace(/^(?:<br>)+|(?:<br>)+$/g, ""))
    .filter(Boolean)
}

// ---- Blocks -------------------------------------------------------------------------------------------------------

// Blocks while they are gathered: {tag, html}, {tag: "ul" | "ol", start, items: [{html, lists}]}, {tag: "blockquote",
// blocks}, {tag: "table", caption, rows, ...}.
const html = (block) => {
  if (block.tag === "hr") return "<hr>"
  if (block.items) {
    const items = block.items
      .map(({ lines, lists }) => `<li><p>${lines.join("<br>")}</p>${lists.map(html).join("")}</li>`)
      .join("")
    return `<${block.tag}${block.tag === "ol" && block.start !== 1 ? ` start="${block.start}"` : ""}>${items}</${block.tag}>`
  }
  if (block.blocks) {
    const said = block.speaker ? ` data-attribution="${escaped(block.speaker)}"` : ""
    return `<blockquote${said}${block.isPull ? ' data-pull="yes"' : ""}>${block.blocks.map(html).join("")}</blockquote>`
  }
  if (block.rows) {
    const caption = block.caption ? ` data-caption="${escaped(block.caption)}"` : ""
    const cells = (row, y) =>
      row
        .map((text, x) =>
          y < block.heads.rows || x < block.heads.columns ? `<th><p>${text}</p></th>` : `<td><p>${text}</p></td>`,
        )
        .join("")
    return `<table${caption}><tbody>${block.rows.map((row, y) => `<tr>${cells(row, y)}</tr>`).join("")}</tbody></table>`
  }
  return `<${block.tag}>${block.html}</${block.tag}>`
}

// A block as lines of text, for where nothing but lines can stand: in an item, a cell.
const flat = (block) => {
  if (block.items) return block.items.flatMap(({ lines, lists }) => [...lines, ...lists.flatMap(flat)])
  if (block.blocks) return block.blocks.flatMap(flat)
  if (block.rows) return block.rows.map((row) => row.filter(Boolean).join(" | ")).filter(Boolean)
  return block.html ? [block.html] : []
}

const leading = (flags) => (flags.includes(false) ? flags.indexOf(false) : flags.length)

class Gatherer {
  constructor() {
    this.blocks = []
    this.line = []
    this.open = [] // the marks and links around what comes next
  }

  // What stands in an element, gathered by itself.
  within(element) {
    const inner = new Gatherer()
    inner.open = this.open
    inner.children(element)
    inner.end()
    return inner.blocks
  }

  // A line of text ends; it becomes a block of this kind.
  end(tag = "p") {
    const runs = this.line
    this.line = []
    const lines = linesOf(runs, { isHead: tag.startsWith("h") })
    if (tag === "p") this.blocks.push(...lines.map((line) => ({ tag, html: line })))
    else if (lines.length) this.blocks.push({ tag, html: lines.join("<br>") })
  }

  text(text) {
    if (text) this.line.push({ text, marks: [...this.open] })
  }

  children(element) {
    for (const child of element.childNodes) this.node(child)
  }

  node(node) {
    if (node.nodeType === 3) return this.text(node.data.replace(/[\t\n\r ]+/g, " "))
    if (node.nodeType !== 1 || isHidden(node)) return
    const name = node.tagName
    if (name === "BR") return this.text("\n")
    const isWall = isBlock(node)
    const link = name === "A" ? target(node.getAttribute("href")) : null
    const marks = [...marksOf(node)]
    if (link) marks.push(`a href="${escaped(link)}"`)
    const before = this.open
    const isOther = link && ((mark) => mark.startsWith("a "))
    this.open = [...before.filter((mark) => !marks.includes(mark) && !isOther?.(mark)), ...marks]
    // A bold that only says that it is none (Google Docs puts everything into one).
    if (/;font-weight:(normal|400)/.test(styleOf(node))) this.open = this.open.filter((mark) => mark !== "strong")
    if (isWall) this.block(node)
    else if (name === "Q") {
      this.text("“")
      this.children(node)
      this.text("”")
    } else this.children(node)
    this.open = before
  }

  block(node) {
    const name = node.tagName
    this.end()
    if (name === "HR") this.blocks.push({ tag: "hr" })
    else if (LISTS.includes(name) || name === "MENU") this.list(node)
    else if (name === "TABLE") this.table(node)
    else if (name === "BLOCKQUOTE") this.quote(node)
    else if (wordList(node)) this.wordItem(node)
    else if (name === "PRE") {
      for (const line of node.textContent.split(/\n/)) {
        this.text(line)
        this.end()
      }
    } else {
      const level =
        HEADINGS[name] ||
        (/\bMso(?:Title|Heading\d)\b/.test(node.className)
          ? Math.min(4, Math.max(2, Number(node.className.match(/\d/)?.[0] || 2)))
          : 0)
      this.children(node)
      this.end(level ? `h${level}` : "p")
    }
  }

  list(node) {
    const start = Number.parseInt(node.getAttribute("start") ?? "1", 10)
    const list = {
      tag: node.tagName === "OL" ? "ol" : "ul",
      start: start >= 0 && start <= 100_000 ? start : 1,
      items: [],
    }
    for (const child of node.childNodes) {
      if (child.nodeType !== 1) {
        if (child.nodeType === 3 && child.data.trim())
          list.items.push({ lines: [escaped(child.data.trim())], lists: [] })
        continue
      }
      if (isHidden(child)) continue
      // A list that stands beside the items (Google Docs, old pages) belongs to the one before it.
      if (LISTS.includes(child.tagName)) this.under(list, this.within({ childNodes: [child] }))
      else list.items.push(...this.items(child))
    }
    if (list.items.length)
      this.placed(list, Number(node.querySelector(":scope > li")?.getAttribute("data-aria-level") || 0))
  }

  // Word in a browser gives each item a list of its own, and says how deep it lies.
  placed(list, level) {
    let outer = this.blocks.at(-1)
    if (!level || !outer?.isWord || (level === 1 && outer.tag !== list.tag))
      return void this.blocks.push({ ...list, isWord: Boolean(level) })
    for (let depth = 1; depth < level; depth += 1) {
      const { lists } = outer.items.at(-1)
      if (!lists.length) return void lists.push(list)
      outer = lists.at(-1)
    }
    outer.items.push(...list.items)
  }

  under(list, blocks) {
    const last = list.items.at(-1)
    if (last) last.lists.push(...blocks)
    else list.items.push(...blocks.flatMap((block) => block.items || []))
  }

  // What an item holds: its lines, the lists below them, and as further items what follows those.
  items(node) {
    const items = []
    for (const block of this.within(node)) {
      const last = items.at(-1)
      if (block.items) {
        if (last) last.lists.push(block)
        else items.push(...block.items) // an item that is nothing but a list (Google Docs, Outlook)
      } else {
        const lines = flat(block)
        if (last && !last.lists.length) last.lines.push(...lines)
        else if (lines.length) items.push({ lines, lists: [] })
      }
    }
    return items
  }

  quote(node) {
    const isPull = /\bpullquote\b/.test(`${node.className} ${node.parentElement?.className || ""}`)
    const foot = [...node.querySelectorAll("cite, footer")]
      .filter((each) => each.closest("blockquote") === node && !each.nextSibling?.textContent?.trim())
      .at(-1)
    let speaker = ""
    if (foot && foot.textContent.trim() !== node.textContent.trim()) {
      speaker = foot.textContent
        .replace(/\s+/g, " ")
        .trim()
        .replace(/^[—–-]\s*/, "")
        .slice(0, 300)
      foot.remove()
    }
    const parts = [[]]
    for (const block of this.within(node)) {
      const fits = block.items || block.tag === "p"
      if (fits) parts.at(-1).push(block)
      else if (block.rows || block.tag === "hr" || block.blocks) parts.push(block, [])
      else parts.at(-1).push(...flat(block).map((line) => ({ tag: "p", html: line })))
    }
    for (const [number, part] of parts.entries()) {
      if (!Array.isArray(part)) this.blocks.push(part)
      else if (part.length)
        this.blocks.push({
          tag: "blockquote",
          blocks: part,
          isPull,
          speaker: number === parts.length - 1 ? speaker : "",
        })
    }
    if (speaker && !parts.at(-1).length) this.blocks.push({ tag: "p", html: escaped(speaker) })
  }

  // Word has no lists on the clipboard, but paragraphs that say that they are items, and how deep.
  wordItem(node) {
    const marker = node.querySelector("[style*='mso-list' i]")
    const isMarked = marker && isHidden(marker)
    const sign = (isMarked ? marker.textContent : node.textContent).replace(/\s+/g, " ").trim()
    const number = sign.match(/^(\d{1,5})[.)]/)
    const tag = number || /^([a-z]|[ivxlc]+)[.)]/i.test(sign) ? "ol" : "ul"
    const depth = Number(styleOf(node).match(/mso-list:l\d+ level(\d)/)?.[1] || 1)
    this.children(node)
    const lines = linesOf(this.line)
    this.line = []
    if (lines.length && !isMarked) lines[0] = lines[0].replace(/^(?:[·•o§▪–-]|\d{1,5}[.)])(?:\s|&nbsp;|\u00a0)+/, "")
    if (!lines.filter(Boolean).length) return
    const item = { lines, lists: [] }
    const fresh = () => ({ tag, start: number ? Math.min(Number(number[1]), 100_000) : 1, items: [item], isWord: true })
    let list = this.blocks.at(-1)
    if (!list?.isWord || (depth === 1 && list.tag !== tag)) return void this.blocks.push(fresh())
    for (let level = 1; level < depth; level += 1) {
      const { lists } = list.items.at(-1)
      if (!lists.length) return void lists.push(fresh())
      list = lists.at(-1)
    }
    list.items.push(item)
  }

  // A table that only sets out a page is what stands in it.
  table(node) {
    const caption = this.captionOf(node)
    const heads = [...node.rows].map(
      (row) =>
        row.parentElement.tagName === "THEAD" ||
        ([...row.cells].length > 0 && [...row.cells].every((cell) => cell.tagName === "TH")),
    )
    const grid = this.grid(node)
    const most = Math.max(0, ...grid.map((row) => row.length))
    const isLaidOut =
      !heads.includes(true) &&
      !caption &&
      (/presentation|none/.test(node.getAttribute("role") || "") ||
        most < 2 ||
        Boolean(node.querySelector("table, h1, h2, h3, h4")))
    if (isLaidOut) {
      for (const row of node.rows)
        for (const cell of row.cells)
          if (!isHidden(cell)) {
            this.children(cell)
            this.end()
          }
      return
    }
    const rows = grid.map((row) => Array.from({ length: most }, (_none, x) => row[x] || { text: "" }))
    const kept = rows.map((row, y) => [row, heads[y]]).filter(([row]) => row.some(({ text }) => text))
    if (!kept.length) return
    const isFullest = (x) => kept.some(([row]) => row[x].text)
    const columns = [...Array(most).keys()].filter(isFullest)
    const cells = kept.map(([row]) => columns.map((x) => row[x]))
    const found = this.headsOf(
      cells,
      kept.map(([, isHead]) => isHead),
    )
    const text = cells.map((row, y) =>
      row.map((cell, x) => (y < found.rows || x < found.columns ? cell.text.replace(/<\/?strong>/g, "") : cell.text)),
    )
    this.blocks.push({ tag: "table", caption, rows: text, heads: found })
  }

  captionOf(node) {
    const figure = node.closest("figure")
    const line = node.caption || (figure?.querySelectorAll("table").length === 1 && figure.querySelector("figcaption"))
    const text = line ? line.textContent.replace(/\s+/g, " ").trim().slice(0, 1000) : ""
    line?.remove?.()
    return text
  }

  // Its cells by row and column. One that is wider or higher leaves the others of its place empty.
  grid(node) {
    const grid = [...node.rows].map(() => [])
    for (const [y, row] of [...node.rows].entries()) {
      let x = 0
      for (const cell of row.cells) {
        while (grid[y][x]) x += 1
        const lines = isHidden(cell) ? [] : this.within(cell).flatMap(flat)
        const isBold =
          /;font-weight:(bold|[6-9]00)/.test(styleOf(cell)) ||
          (lines.length > 0 && lines.every((line) => /^<strong>(?:(?!<\/?strong>).)*<\/strong>$/.test(line)))
        const width = Math.min(cell.colSpan || 1, 100)
        const height = Math.min(cell.rowSpan || node.rows.length, node.rows.length - y)
        for (let down = 0; down < height; down += 1)
          for (let right = 0; right < width; right += 1) {
            grid[y + down][x + right] =
              down || right
                ? { text: "", isHead: cell.tagName === "TH" }
                : { text: lines.join("<br>"), isHead: cell.tagName === "TH", isBold }
          }
        x += width
      }
      for (let place = 0; place < grid[y].length; place += 1) grid[y][place] ||= { text: "" }
    }
    return grid
  }

  headsOf(cells, heads) {
    let rows = leading(heads.map(Boolean))
    const others = cells.slice(rows)
    const columns = others.length
      ? Math.min(...others.map((row) => leading(row.map((cell) => Boolean(cell.isHead)))))
      : 0
    // A sheet has no heads, but a first line that is bold where the second is not.
    const isBold = (row) => row.some(({ text }) => text) && row.every(({ text, isBold: bold }) => !text || bold)
    if (!rows && !columns && cells.length > 1 && isBold(cells[0]) && !isBold(cells[1])) rows = 1
    return { rows, columns }
  }
}

const wordList = (element) => /mso-list:l\d/.test(styleOf(element)) || /\bMsoListParagraph/.test(element.className)

// From an editor of ours: nothing in it but what one writes.
const isOurs = (page) =>
  page.querySelector("[data-pm-slice]") !== null &&
  [...page.body.querySelectorAll("*")].every(
    (each) =>
      each.matches(
        "p, h2, h3, h4, ul, ol, li, blockquote, hr, table, tbody, tr, td, th, a, strong, em, s, sub, sup, code, br, meta, div[data-block], div[data-unfilled], :is(div[data-block], div[data-unfilled]) > span",
      ) && !each.style.length,
  )

// What a text without tables and quotes (a blurb, a fact box) takes of a block: its lines.
const fitting = (block, { nodes }) => {
  if (block.rows && !nodes.table)
    return [
      ...(block.caption ? [{ tag: "p", html: escaped(block.caption) }] : []),
      ...flat(block).map((line) => ({ tag: "p", html: line })),
    ]
  if (block.blocks && !nodes.blockquote)
    return [...block.blocks, ...(block.speaker ? [{ tag: "p", html: escaped(block.speaker) }] : [])]
  return [block]
}

// HTML as a story is written, and how many of each kind had to be left out.
const cleaned = (text, schema) => {
  const page = new DOMParser().parseFromString(text, "text/html")
  if (isOurs(page)) return { html: text, left: {} }
  for (const element of page.querySelectorAll(SILENT)) element.remove()
  // What was commented on, struck out or said in the margin is no text of the story.
  for (const element of page.querySelectorAll(
    ".MsoCommentReference, .MsoCommentText, del[cite], del[datetime], .msoDel, [style*='mso-element:comment' i]",
  ))
    element.remove()
  for (const element of page.querySelectorAll("a[href^='#cmnt'], a[name^='cmnt'], a[id^='cmnt']")) {
    const note =
      element.closest("sup") || (element.getAttribute("href")?.startsWith("#cmnt_ref") && element.closest("div, p"))
    ;(note || element).remove()
  }
  const left = takeOut(page)
  const gatherer = new Gatherer()
  gatherer.children(page.body)
  if (!gatherer.blocks.length) {
    const lines = linesOf(gatherer.line)
    return { html: lines.length > 1 ? lines.map((line) => `<p>${line}</p>`).join("") : lines.join(""), left }
  }
  gatherer.end()
  return {
    html: gatherer.blocks
      .flatMap((block) => fitting(block, schema))
      .map(html)
      .join(""),
    left,
  }
}

// Lines that are alike in their tabs are the rows of a sheet.
const sheet = (text) => {
  const rows = text
    .replace(/\r\n?/g, "\n")
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => line.split("\t"))
  const isSheet = rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length)
  if (!isSheet) return ""
  return html({
    tag: "table",
    heads: { rows: 0, columns: 0 },
    rows: rows.map((row) => row.map((cell) => escaped(cell.trim()))),
  })
}

class Notice {
  constructor(view) {
    this.dom = document.createElement("div")
    this.dom.className = "story-left-out"
    this.text = document.createElement("span")
    this.text.setAttribute("role", "status")
    this.text.setAttribute("aria-live", "polite")
    this.close = document.createElement("button")
    this.close.type = "button"
    this.close.textContent = "×"
    this.close.title = gettext("Close")
    this.close.setAttribute("aria-label", gettext("Close"))
    this.close.addEventListener("click", () => {
      this.say("")
      view.focus()
    })
    this.dom.append(this.text, this.close)
    view.dom.after(this.dom)
    this.say("")
  }

  say(text) {
    this.text.textContent = text
    this.dom.classList.toggle("is-empty", !text)
    this.close.hidden = !text
  }

  destroy() {
    this.dom.remove()
  }
}

export const StoryPaste = Extension.create({
  name: "storyPaste",

  addProseMirrorPlugins() {
    const { schema } = this.editor
    let notice = null
    return [
      new Plugin({
        view: (view) => (notice = new Notice(view)),
        props: {
          transformPastedHTML: (text) => {
            const { html: kept, left } = cleaned(text, schema)
            notice?.say(sentence(left))
            return kept
          },
          clipboardTextParser: (text) => {
            notice?.say("")
            const table = schema.nodes.table && sheet(text)
            if (!table) return null
            const page = new DOMParser().parseFromString(table, "text/html")
            return pm.model.DOMParser.fromSchema(schema).parseSlice(page.body)
          },
        },
      }),
    ]
  },
})
