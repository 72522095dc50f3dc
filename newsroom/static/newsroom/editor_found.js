// What a search finds in a story: in its text, across bold and links, in what is written on its blocks, such as captions,
// alt texts, who said a quote, a fact box, and in the lines above it. And how it is replaced.
import { pm } from "django-prose-editor/editor"
import { blockOf } from "./cards/block.js"
import { matchesAbove, replaceAbove } from "./editor_above.js"

const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`
const LEAF = "\uFFFC" // a line break in a line counts one, as in the editor

// Straight and curly signs are the same, and so are all blanks: nobody sees the difference.
const SAME = [
  [/['’ʼ]/g, "['’ʼ]"],
  [/["“”„«»]/g, '["“”„«»]'],
  [/\s+/g, String.raw`\s+`],
]

export const patternOf = ({ text, isCased, isWhole }) => {
  if (!text) return null
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === "-" ? String.raw`\x2d` : `\\${sign}`))
  const source = SAME.reduce((made, [signs, any]) => made.replace(signs, () => any), escaped)
  return new RegExp(isWhole ? `(?<!${LETTER})${source}(?!${LETTER})` : source, isCased ? "gu" : "giu")
}

// ---- What is written on a block, as [value, the block with another one]

const onCard = (block) => {
  const fields = []
  const add = (value, put) => value && typeof value === "string" && fields.push([value, put])
  const ofPhoto = (link, put) => {
    for (const name of ["caption", "alt_text"]) add(link?.[name], (text) => put({ ...link, [name]: text }))
  }
  ofPhoto(block.photo, (photo) => ({ ...block, photo }))
  for (const [at, link] of (block.photos || []).entries())
    ofPhoto(link, (photo) => ({ ...block, photos: block.photos.with(at, photo) }))
  if (block.type === "factbox") add(block.title, (title) => ({ ...block, title }))
  return fields
}

const ATTRIBUTES = ["data-attribution", "data-caption"]

// Of a node: [text, the steps that put another one in its place].
const written = (node) => {
  if (node.type.name !== "storyCard")
    return ATTRIBUTES.filter((name) => node.attrs[name]).map((name) => [
      node.attrs[name],
      (tr, at, text) => tr.setNodeAttribute(at, name, text || null),
    ])
  const block = blockOf(node)
  const set = (tr, at, changed) => tr.setNodeAttribute(at, "data-block", JSON.stringify(changed))
  return onCard(block).map(([value, put]) => [value, (tr, at, text) => set(tr, at, put(text))])
}

// The texts in the HTML of a fact box, each by its number.
const linesOf = (html) => {
  const { body } = new DOMParser().parseFromString(html || "", "text/html")
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  const lines = []
  while (walker.nextNode()) lines.push(walker.currentNode)
  return { body, lines }
}

// ---- Found

const inText = (node, at, pattern) => {
  const text = node.textBetween(0, node.content.size, LEAF, LEAF)
  return [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
    from: at + 1 + index,
    to: at + 1 + index + found.length,
  }))
}

const onNode = (node, at, pattern) => {
  const found = written(node).flatMap(([text, put], field) =>
    [...text.matchAll(pattern)].map((match) => ({
      node: at,
      field,
      start: match.index,
      length: match[0].length,
      text,
      put,
    })),
  )
  if (node.type.name !== "storyCard" || blockOf(node).type !== "factbox") return found
  const { lines } = linesOf(blockOf(node).html)
  const inBox = lines.flatMap((line, number) =>
    [...line.data.matchAll(pattern)].map((match) => ({
      node: at,
      line: number,
      start: match.index,
      length: match[0].length,
    })),
  )
  return [...found, ...inBox]
}

// All that a pattern finds, from the first line to the last.
export const matchesIn = (doc, pattern) => {
  const found = matchesAbove(pattern)
  if (!pattern) return found
  doc.descendants((node, at) => {
    if (node.isTextblock) {
      found.push(...inText(node, at, pattern))
      return false
    }
    found.push(...onNode(node, at, pattern))
    return true
  })
  return found
}

// ---- Replaced

const cut = (text, { start, length }, by) => text.slice(0, start) + by + text.slice(start + length)

const replaceInBox = (tr, match, by) => {
  const block = blockOf(tr.doc.nodeAt(match.node))
  const { body, lines } = linesOf(block.html)
  lines[match.line].data = cut(lines[match.line].data, match, by)
  tr.setNodeAttribute(match.node, "data-block", JSON.stringify({ ...block, html: body.innerHTML }))
}

const replaceOne = (tr, match, by) => {
  if ("from" in match) {
    if (by) tr.insertText(by, match.from, match.to)
    else tr.delete(match.from, match.to)
  } else if ("line" in match) replaceInBox(tr, match, by)
  else {
    // As it stands by now: another match of the same field may have been replaced before.
    const [text, put] = written(tr.doc.nodeAt(match.node))[match.field]
    put(tr, match.node, cut(text, match, by))
  }
}

// One step to undo, however many they are; the last comes first, so that the others stay where they are.
export const replaced = (state, matches, by) => {
  const tr = pm.history?.closeHistory ? pm.history.closeHistory(state.tr) : state.tr
  tr.setMeta("preventAutolink", true) // which compares each of them with all others
  const below = matches.filter((match) => !match.above)
  for (const match of [...below].reverse()) replaceOne(tr, match, by)
  replaceAbove(tr, matches, by)
  return tr
}
