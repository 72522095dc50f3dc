// What is pasted comes out as a story is written: paragraphs, headings, lists, quotes, links and emphasis, and nothing
// of how it looked in Word, Google Docs or on a page.
import { Extension, Plugin } from "django-prose-editor/editor"

const LEFT_OUT = "style, script, meta, link, title, head, xml, img, picture, svg, video, audio, iframe, object, embed, canvas, button, input, select, textarea, noscript, template"
const LISTS = ["UL", "OL"]
const HEADINGS = { H1: 2, H2: 2, H3: 3, H4: 4, H5: 4, H6: 4 }
const MARKS = { B: "strong", STRONG: "strong", I: "em", EM: "em", S: "s", STRIKE: "s", DEL: "s", SUB: "sub", SUP: "sup", CODE: "code", TT: "code", CITE: "em" }
const BLOCKS = new Set("P DIV SECTION ARTICLE ASIDE HEADER FOOTER MAIN NAV FIGURE FIGCAPTION ADDRESS DL DT DD FORM FIELDSET CENTER PRE TABLE TBODY THEAD TFOOT TR TD TH CAPTION UL OL LI BLOCKQUOTE HR H1 H2 H3 H4 H5 H6 BODY DETAILS SUMMARY".split(" "))

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")

const styleOf = (element) => `;${(element.getAttribute("style") || "").toLowerCase().replace(/\s*([:;])\s*/g, "$1").trim()}`

// Where a link leads, without who counts the clicks on it. None for what is no address of the web or of a person.
const target = (href) => {
  let url
  try {
    url = new URL((href || "").trim())
  } catch {
    return null
  }
  const isGoogle = /(^|\.)google\.[a-z]{2,3}(\.[a-z]{2})?$/.test(url.hostname) && url.pathname === "/url"
  const isOutlook = url.hostname.endsWith(".safelinks.protection.outlook.com")
  if (isGoogle || isOutlook) {
    const inner = url.searchParams.get("q") || url.searchParams.get("url")
    return inner ? target(inner) : null
  }
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? (href.trim().includes("://") ? href.trim() : url.href) : null
}

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

const isHidden = (element) => /display:none|mso-hide:all|mso-list:ignore|mso-element:comment|visibility:hidden/.test(styleOf(element))

class Cleaner {
  constructor() {
    this.blocks = []
    this.line = []
    this.open = [] // the marks and links around what comes next
    this.list = null
  }

  // A line of text ends; it becomes a block of this kind.
  end(kind = "p") {
    const runs = this.line
    this.line = []
    const html = written(runs, kind)
    if (!html) return
    if (this.quote) this.quote.push(`<p>${html}</p>`)
    else if (this.item) this.item.push(html)
    else this.blocks.push(`<${kind}>${html}</${kind}>`)
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
    if (BLOCKS.has(name)) return this.block(node)
    const link = name === "A" ? target(node.getAttribute("href")) : null
    const marks = [...marksOf(node)]
    if (link) marks.push(`a href="${escaped(link)}"`)
    const before = this.open
    this.open = [...before.filter((mark) => !marks.includes(mark)), ...marks]
    // A bold that only says that it is none (Google Docs puts everything into one).
    if (/;font-weight:(normal|400)/.test(styleOf(node))) this.open = this.open.filter((mark) => mark !== "strong")
    this.children(node)
    this.open = before
  }

  block(node) {
    const name = node.tagName
    this.end()
    if (name === "HR") this.blocks.push("<hr>")
    else if (LISTS.includes(name)) this.listed(node, name.toLowerCase())
    else if (name === "TABLE") this.table(node)
    else if (name === "BLOCKQUOTE" && !this.item && !this.quote) {
      this.quote = []
      this.children(node)
      this.end()
      const said = this.quote.join("")
      this.quote = null
      if (said) this.blocks.push(`<blockquote>${said}</blockquote>`)
    } else if (wordList(node) && !this.item) this.wordItem(node)
    else if (name === "PRE") {
      for (const line of node.textContent.split(/\n/)) {
        this.text(line)
        this.end()
      }
    } else {
      const level = HEADINGS[name] || (/\bMso(?:Title|Heading\d)\b/.test(node.className) ? Math.min(4, Math.max(2, Number(node.className.match(/\d/)?.[0] || 2))) : 0)
      const before = this.open
      const marks = [...marksOf(node)]
      this.open = [...before, ...marks.filter((mark) => !before.includes(mark))]
      this.children(node)
      this.open = before
      this.end(level && !this.item && !this.quote ? `h${level}` : "p")
    }
  }

  // A list is flat: what stands in a list in it follows its item.
  listed(node, kind) {
    const isInner = Boolean(this.list)
    if (!isInner) this.list = { kind, items: [] }
    const outer = this.item
    if (outer?.length) this.list.items.push(outer.splice(0).join("<br>"))
    for (const child of node.childNodes) {
      if (child.nodeType === 1 && LISTS.includes(child.tagName)) this.listed(child, kind)
      else if (child.nodeType === 1 && !isHidden(child)) {
        this.item = []
        this.children(child)
        this.end()
        if (this.item.length) this.list.items.push(this.item.join("<br>"))
        this.item = outer
      }
    }
    if (!isInner) {
      this.putList(this.list)
      this.list = null
    }
  }

  putList({ kind, items }) {
    if (items.length) this.blocks.push(`<${kind}>${items.map((item) => `<li><p>${item}</p></li>`).join("")}</${kind}>`)
  }

  // Word has no lists on the clipboard, but paragraphs that say that they are items.
  wordItem(node) {
    const marker = node.querySelector("[style*='mso-list' i]")
    const sign = (marker && isHidden(marker) ? marker.textContent : node.textContent).replace(/\s+/g, " ").trim()
    const kind = /^(\d{1,3}|[a-z]|[ivxlc]+)[.)]/i.test(sign) ? "ol" : "ul"
    this.item = []
    this.children(node)
    this.end()
    const html = this.item.join("<br>").replace(/^(?:[·•o§▪–-]|\d{1,3}[.)])(?:\s|&nbsp;|\u00a0)+/, (sign_) => (marker && isHidden(marker) ? sign_ : ""))
    this.item = null
    if (!html) return
    const last = this.blocks.at(-1)
    const isGoingOn = this.wordKind === kind && this.wordEnd === this.blocks.length && last?.startsWith(`<${kind}>`)
    if (isGoingOn) this.blocks[this.blocks.length - 1] = `${last.slice(0, -`</${kind}>`.length)}<li><p>${html}</p></li></${kind}>`
    else this.putList({ kind, items: [html] })
    this.wordKind = kind
    this.wordEnd = this.blocks.length
  }

  // A row of short cells is a line; a table that only sets out a page is what stands in it.
  table(node) {
    for (const row of node.rows) {
      const cells = [...row.cells]
      const isLaidOut = cells.length === 1 || cells.some((cell) => cell.querySelectorAll("p, div, li, h1, h2, h3").length > 1)
      let isFirst = true
      for (const cell of cells) {
        if (isLaidOut) {
          this.children(cell)
          this.end()
          continue
        }
        if (!cell.textContent.trim()) continue
        if (!isFirst) this.text(" | ")
        isFirst = false
        this.inline(cell)
      }
      this.end()
    }
  }

  // A cell's text, whatever blocks it is in.
  inline(node) {
    for (const child of node.childNodes) {
      if (child.nodeType === 1 && BLOCKS.has(child.tagName)) this.inline(child)
      else this.node(child)
    }
  }
}

// A line as HTML: blanks as in a text, each mark opened once.
const written = (runs, kind) => {
  let text = runs.map((run) => run.text).join("")
  if (!text.replace(/[\s\u00a0\u200b]/g, "")) return ""
  const parts = []
  let isBlank = true // nothing, or a blank, stands before
  for (const { text, marks } of runs) {
    let clean = text.replace(/[\u200b\ufeff]/g, "").replace(/ ?\n ?/g, "\n").replace(/[ \u00a0]{2,}/g, " ")
    if (isBlank) clean = clean.replace(/^[ \u00a0]+/, "")
    if (!clean) continue
    isBlank = /[ \u00a0\n]$/.test(clean)
    const kept = kind.startsWith("h") ? marks.filter((mark) => mark !== "strong") : marks
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
      const closed = [...marks].reverse().map((mark) => `</${mark.split(" ")[0]}>`).join("")
      return inner
        .split("\u0000")
        .map((each) => (each ? opened + each + closed : ""))
        .join(kind === "p" ? "</p><p>" : "<br>")
    })
    .join("")
    .replace(/<p><\/p>/g, "")
}

const wordList = (element) => /mso-list:l\d/.test(styleOf(element)) || /\bMsoListParagraph/.test(element.className)

export const clean = (html) => {
  if (/data-pm-slice=/.test(html)) return html // from an editor of ours
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const element of page.querySelectorAll(LEFT_OUT)) element.remove()
  // What was commented on, struck out or said in the margin is no text of the story.
  for (const element of page.querySelectorAll(".MsoCommentReference, .MsoCommentText, del[cite], del[datetime], .msoDel, [style*='mso-element:comment' i], .Apple-interchange-newline")) element.remove()
  for (const element of page.querySelectorAll("a[href^='#cmnt'], a[name^='cmnt'], a[id^='cmnt']")) {
    const note = element.closest("sup") || (element.getAttribute("href")?.startsWith("#cmnt_ref") && element.closest("div, p"))
    ;(note || element).remove()
  }
  const cleaner = new Cleaner()
  cleaner.children(page.body)
  if (!cleaner.blocks.length) return written(cleaner.line, "p")
  cleaner.end()
  return cleaner.blocks.join("")
}

export const StoryPaste = Extension.create({
  name: "storyPaste",
  addProseMirrorPlugins() {
    return [new Plugin({ props: { transformPastedHTML: clean } })]
  },
})
