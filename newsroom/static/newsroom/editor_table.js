// Tables in a story: a caption, rows of one line of text a cell, and leading rows and columns that are heads. No cell is
// wider or higher than one, so a table is as many rows as it shows, each as long as the next.
import {
  Plugin,
  Table as StockTable,
  TableCell as StockTableCell,
  TableHeader as StockTableHeader,
  TableRow as StockTableRow,
  gettext,
  pm,
} from "django-prose-editor/editor"
import { keepsOneThread, session } from "./editor.js"

const { Selection } = pm.state

const cell = {
  content: "paragraph",
  addAttributes: () => ({
    colspan: { default: 1, rendered: false, parseHTML: () => 1 },
    rowspan: { default: 1, rendered: false, parseHTML: () => 1 },
    colwidth: { default: null, rendered: false, parseHTML: () => null },
  }),
}

export const TableCell = StockTableCell.extend({ ...cell, parseHTML: () => [{ tag: "td" }] })
export const TableHeader = StockTableHeader.extend({ ...cell, parseHTML: () => [{ tag: "th" }] })
export const TableRow = StockTableRow.extend({ content: "(tableCell | tableHeader)+" })

// ---- What a table is ----------------------------------------------------------------------------------------------

const leading = (flags) => (flags.includes(false) ? flags.indexOf(false) : flags.length)

// How many of its first rows, and of the first columns of the others, are heads.
const headsOf = (table) => {
  const rows = table.content.content.map((row) => row.content.content.map((each) => each.type.name === "tableHeader"))
  const heads = leading(rows.map((row) => row.every(Boolean)))
  const others = rows.slice(heads)
  return { rows: heads, columns: others.length ? Math.min(...others.map(leading)) : 0 }
}

// Its cells become heads, or none, as these counts say.
const setHeads = (tr, at, { rows, columns }) => {
  const { tableCell, tableHeader } = tr.doc.type.schema.nodes
  const table = tr.doc.nodeAt(at)
  table.forEach((row, rowAt, y) => {
    row.forEach((each, cellAt, x) => {
      const type = y < rows || x < columns ? tableHeader : tableCell
      if (each.type !== type) tr.setNodeMarkup(at + 1 + rowAt + 1 + cellAt, type, each.attrs)
    })
  })
  return tr
}

const placeOf = ($pos) => {
  for (let depth = $pos.depth; depth > 0; depth -= 1) {
    if ($pos.node(depth).type.name !== "table") continue
    return {
      at: $pos.before(depth),
      table: $pos.node(depth),
      y: $pos.index(depth),
      x: depth < $pos.depth ? $pos.index(depth + 1) : 0,
    }
  }
  return null
}

// The table that the caret is in, and from which cell to which.
const chosenIn = ({ selection }) => {
  const { $anchorCell, $headCell, node } = selection
  if (node?.type.name === "table") return { at: selection.from, table: node, top: 0, bottom: 0, left: 0, right: 0 }
  const [one, other] = $anchorCell
    ? [$anchorCell, $headCell].map(($cell) => placeOf($cell.doc.resolve($cell.pos + 1)))
    : [placeOf(selection.$from), placeOf(selection.$to)]
  if (!one || !other || one.at !== other.at) return null
  const [top, bottom] = [Math.min(one.y, other.y), Math.max(one.y, other.y)]
  return { at: one.at, table: one.table, top, bottom, left: Math.min(one.x, other.x), right: Math.max(one.x, other.x) }
}

const rowAt = (table, at, y) => {
  let place = at + 1
  for (let row = 0; row < y; row += 1) place += table.child(row).nodeSize
  return place
}

const cellAt = (table, at, y, x) => {
  let place = rowAt(table, at, y) + 1
  for (let column = 0; column < x; column += 1) place += table.child(y).child(column).nodeSize
  return place
}

const toCell = (tr, at, y, x) => {
  const table = tr.doc.nodeAt(at)
  const [row, column] = [Math.min(y, table.childCount - 1), Math.min(x, table.child(0).childCount - 1)]
  return tr.setSelection(Selection.near(tr.doc.resolve(cellAt(table, at, row, column) + 1))).scrollIntoView()
}

// ---- What is done to it -------------------------------------------------------------------------------------------

const emptyCell = (schema) => schema.nodes.tableCell.createAndFill()

// A head stays one: what is put between heads is a head, what is put behind them is none.
const grown = (heads, name, place) => (place < heads[name] ? { ...heads, [name]: heads[name] + 1 } : heads)
const shrunk = (heads, name, from, to) => ({
  ...heads,
  [name]: heads[name] - Math.max(0, Math.min(to + 1, heads[name]) - from),
})

const ACTS = {
  rowAbove: (tr, where) => putRow(tr, where, where.top),
  rowBelow: (tr, where) => putRow(tr, where, where.bottom + 1),
  columnBefore: (tr, where) => putColumn(tr, where, where.left),
  columnAfter: (tr, where) => putColumn(tr, where, where.right + 1),
  takeRows: (tr, { at, table, top, bottom, left }) => {
    if (bottom - top + 1 === table.childCount) return takeOut(tr, at)
    const heads = shrunk(headsOf(table), "rows", top, bottom)
    tr.delete(rowAt(table, at, top), rowAt(table, at, bottom + 1))
    return toCell(setHeads(tr, at, heads), at, top, left)
  },
  takeColumns: (tr, { at, table, top, left, right }) => {
    if (right - left + 1 === table.child(0).childCount) return takeOut(tr, at)
    const heads = shrunk(headsOf(table), "columns", left, right)
    for (let y = table.childCount - 1; y >= 0; y -= 1)
      tr.delete(cellAt(table, at, y, left), cellAt(table, at, y, right + 1))
    return toCell(setHeads(tr, at, heads), at, top, left)
  },
  headRow: (tr, { at, table }) => {
    const heads = headsOf(table)
    return setHeads(tr, at, { ...heads, rows: heads.rows ? 0 : 1 })
  },
  headColumn: (tr, { at, table }) => {
    const heads = headsOf(table)
    return setHeads(tr, at, { ...heads, columns: heads.columns ? 0 : 1 })
  },
  takeTable: (tr, { at }) => takeOut(tr, at),
}

const putRow = (tr, { at, table, left }, y) => {
  const { schema } = tr.doc.type
  const heads = grown(headsOf(table), "rows", y)
  const cells = table.child(0).content.content.map(() => emptyCell(schema))
  tr.insert(rowAt(table, at, y), schema.nodes.tableRow.create(null, cells))
  return toCell(setHeads(tr, at, heads), at, y, left)
}

const putColumn = (tr, { at, table, top }, x) => {
  const heads = grown(headsOf(table), "columns", x)
  for (let y = table.childCount - 1; y >= 0; y -= 1) tr.insert(cellAt(table, at, y, x), emptyCell(tr.doc.type.schema))
  return toCell(setHeads(tr, at, heads), at, top, x)
}

const takeOut = (tr, at) => {
  tr.delete(at, at + tr.doc.nodeAt(at).nodeSize)
  if (!tr.doc.childCount) tr.insert(0, tr.doc.type.schema.nodes.paragraph.create())
  return tr.setSelection(Selection.near(tr.doc.resolve(Math.min(at, tr.doc.content.size)), 1)).scrollIntoView()
}

// ---- A table on the page ------------------------------------------------------------------------------------------

const made = (name, className, text = "") => {
  const element = document.createElement(name)
  element.className = className
  element.textContent = text
  return element
}

// The tools, in groups as they are set out: which act, what it says, and in full.
const TOOLS = [
  ["headRow", gettext("Header row"), gettext("Header row")],
  ["headColumn", gettext("Header column"), gettext("Header column")],
  ["rowAbove", gettext("Row ↑"), gettext("Add a row above")],
  ["rowBelow", gettext("Row ↓"), gettext("Add a row below")],
  ["takeRows", gettext("Row ×"), gettext("Remove the row")],
  ["columnBefore", gettext("Column ←"), gettext("Add a column before")],
  ["columnAfter", gettext("Column →"), gettext("Add a column after")],
  ["takeColumns", gettext("Column ×"), gettext("Remove the column")],
  ["takeTable", gettext("Table ×"), gettext("Remove the table")],
]

class TableView {
  constructor(node, editor, getPos) {
    Object.assign(this, { node, editor, getPos })
    this.dom = made("div", "story-table")
    this.caption = made("input", "story-table-caption")
    Object.assign(this.caption, { type: "text", maxLength: 1000, placeholder: gettext("Caption of the table") })
    this.caption.setAttribute("aria-label", gettext("Caption of the table"))
    this.head = made("div", "story-table-head")
    this.head.contentEditable = "false"
    this.head.append(this.caption)
    this.table = made("table", "")
    this.contentDOM = this.table.appendChild(document.createElement("tbody"))
    this.frame = made("div", "story-table-frame")
    this.frame.append(this.table)
    this.tools = this.toolbar()
    this.dom.append(this.head, this.frame, this.tools)
    const thread = session("table")
    this.caption.addEventListener("focus", thread.afresh)
    this.caption.addEventListener("input", (event) => {
      event.stopPropagation() // the editor says itself that it has changed
      thread.written()
      editor.view.dispatch(
        editor.state.tr
          .setNodeAttribute(getPos(), "data-caption", this.caption.value || null)
          .setMeta("composition", thread.id),
      )
    })
    this.caption.addEventListener("keydown", (event) => this.key(event))
    this.show()
  }

  toolbar() {
    const bar = made("div", "story-table-tools")
    bar.contentEditable = "false"
    bar.setAttribute("role", "toolbar")
    bar.setAttribute("aria-label", gettext("Table"))
    for (const [act, text, title] of TOOLS) {
      const button = made("button", "", text)
      Object.assign(button, { type: "button", title, tabIndex: -1 })
      button.dataset.act = act
      button.setAttribute("aria-label", title)
      button.addEventListener("mousedown", (event) => event.preventDefault())
      button.addEventListener("click", () => this.act(act, button))
      bar.append(button)
    }
    bar.addEventListener("keydown", (event) => {
      const buttons = [...bar.children]
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      if (step) buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length].focus()
      else if (event.key === "Escape") this.editor.view.focus()
      else return void keepsOneThread(event, this.editor)
      event.preventDefault()
      event.stopPropagation()
    })
    return bar
  }

  act(name, button) {
    const { state, view } = this.editor
    const isByKey = document.activeElement === button
    let where = chosenIn(state)
    if (where?.at !== this.getPos())
      where = { at: this.getPos(), table: this.node, top: 0, bottom: 0, left: 0, right: 0 }
    view.dispatch(ACTS[name](state.tr, where))
    if (!isByKey || !this.dom.isConnected) view.focus()
  }

  key(event) {
    if (keepsOneThread(event, this.editor)) return
    const { editor } = this
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault()
      editor.view.dispatch(toCell(editor.state.tr, this.getPos(), 0, 0))
      editor.commands.moveBlock(event.key === "ArrowUp" ? -1 : 1)
      this.caption.focus()
    } else if (["Enter", "ArrowDown", "Escape"].includes(event.key) || (event.key === "Tab" && !event.shiftKey)) {
      event.preventDefault()
      if (event.isComposing) return
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
        return void editor.commands.writeAfter(this.getPos())
      editor.view.dispatch(toCell(editor.state.tr, this.getPos(), 0, 0))
      editor.view.focus()
    }
  }

  show() {
    const said = this.node.attrs["data-caption"] || ""
    if (this.caption.value !== said) this.caption.value = said
    const heads = headsOf(this.node)
    this.tools.querySelector("[data-act=headRow]").setAttribute("aria-pressed", String(heads.rows > 0))
    this.tools.querySelector("[data-act=headColumn]").setAttribute("aria-pressed", String(heads.columns > 0))
  }

  update(node) {
    if (node.type !== this.node.type) return false
    this.node = node
    this.show()
    return true
  }

  stopEvent(event) {
    return this.head.contains(event.target) || this.tools.contains(event.target)
  }

  ignoreMutation(mutation) {
    if (mutation.type === "selection") return !this.contentDOM.contains(mutation.target)
    return !this.contentDOM.contains(mutation.target)
  }
}

// ---- The extension ------------------------------------------------------------------------------------------------

// What was pasted into one cell, as one line: each block of it begins a new line in the cell.
const asLine = (slice, schema) => {
  const parts = []
  slice.content.descendants((node) => {
    if (!node.isTextblock) return true
    if (parts.length) parts.push(schema.nodes.hardBreak.create())
    node.forEach((each) => parts.push(each))
    return false
  })
  return new pm.model.Slice(pm.model.Fragment.from(parts), 0, 0)
}

const holdsTable = (slice) => {
  let holds = false
  slice.content.descendants((node) => {
    holds ||= ["table", "tableRow", "tableCell", "tableHeader", "storyCard"].includes(node.type.name)
    return !holds
  })
  return holds
}

export const Table = StockTable.extend({
  addOptions() {
    return { ...this.parent?.(), resizable: false, allowTableNodeSelection: true }
  },

  addAttributes() {
    return {
      "data-caption": {
        default: null,
        parseHTML: (element) => element.getAttribute("data-caption") || null,
        renderHTML: (attributes) => (attributes["data-caption"] ? { "data-caption": attributes["data-caption"] } : {}),
      },
    }
  },

  addMenuItems() {}, // "/" and "+" put a table in, as they do every other card

  renderHTML({ HTMLAttributes }) {
    return ["table", HTMLAttributes, ["tbody", 0]]
  },

  addNodeView() {
    return ({ node, editor, getPos }) => new TableView(node, editor, getPos)
  },

  addCommands() {
    return {
      ...this.parent?.(),
      // Three rows of three, the first a head, where the caret is: in place of an empty line, else below the block.
      insertStoryTable:
        () =>
        ({ tr, state }) => {
          const { table, tableRow, tableHeader } = state.schema.nodes
          const row = (make) => tableRow.create(null, [make(), make(), make()])
          const plain = () => emptyCell(state.schema)
          const node = table.create(null, [row(() => tableHeader.createAndFill()), row(plain), row(plain)])
          const { $from } = tr.selection
          const isEmptyLine = $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size
          const at = isEmptyLine ? $from.before(1) : $from.depth ? $from.after(1) : tr.selection.to
          if (isEmptyLine) tr.replaceWith(at, $from.after(1), node)
          else tr.insert(at, node)
          toCell(tr, at, 0, 0)
          return true
        },
    }
  },

  addKeyboardShortcuts() {
    const here = () => (this.editor.state.selection.$anchorCell ? null : placeOf(this.editor.state.selection.$from))
    const go = (y, x) => {
      const { at } = here()
      this.editor.view.dispatch(toCell(this.editor.state.tr, at, y, x))
      return true
    }
    const captionOf = (at) => this.editor.view.nodeDOM(at)?.querySelector?.(".story-table-caption")
    const toCaption = (at) => {
      captionOf(at)?.focus()
      return true
    }
    return {
      ...this.parent?.(),
      Tab: () => {
        const where = here()
        if (!where) return Boolean(chosenIn(this.editor.state))
        const { table, y, x } = where
        if (x + 1 < table.child(y).childCount) return go(y, x + 1)
        if (y + 1 < table.childCount) return go(y + 1, 0)
        this.editor.view.dispatch(
          toCell(putRow(this.editor.state.tr, { ...where, left: 0 }, y + 1), where.at, y + 1, 0),
        )
        return true
      },
      "Shift-Tab": () => {
        const where = here()
        if (!where) return Boolean(chosenIn(this.editor.state))
        if (where.x) return go(where.y, where.x - 1)
        if (where.y) return go(where.y - 1, where.table.child(0).childCount - 1)
        return toCaption(where.at)
      },
      // Down the column, as in a sheet; below the last row the story goes on.
      Enter: () => {
        const where = here()
        if (!where) return false
        if (where.y + 1 < where.table.childCount) return go(where.y + 1, where.x)
        return this.editor.commands.writeAfter(where.at)
      },
      "Mod-Enter": () => {
        const where = chosenIn(this.editor.state)
        return where ? this.editor.commands.writeAfter(where.at) : false
      },
      ArrowUp: () => {
        const where = here()
        return where && !where.y && this.editor.view.endOfTextblock("up") ? toCaption(where.at) : false
      },
      ArrowDown: () => {
        const where = here()
        const isLast =
          where &&
          where.y + 1 === where.table.childCount &&
          where.at + where.table.nodeSize === this.editor.state.doc.content.size
        return isLast && this.editor.view.endOfTextblock("down") ? this.editor.commands.writeAfter(where.at) : false
      },
      "Alt-F10": () => {
        const where = chosenIn(this.editor.state)
        const tool = where && this.editor.view.nodeDOM(where.at)?.querySelector?.(".story-table-tools button")
        tool?.focus()
        return Boolean(tool)
      },
      // An empty table goes when its first cell is taken back, as an empty line does.
      Backspace: () => {
        const where = here()
        const isEmpty = where && !where.x && !where.y && !where.table.textContent && !where.table.attrs["data-caption"]
        if (!isEmpty) return this.parent?.().Backspace?.({ editor: this.editor }) || false
        this.editor.view.dispatch(takeOut(this.editor.state.tr, where.at))
        return true
      },
    }
  },

  addProseMirrorPlugins() {
    const { editor } = this
    return [
      new Plugin({
        // A head in the middle of a table, pasted there say, is a cell like the others: as readers will get it.
        appendTransaction: (transactions, before, state) => {
          if (!transactions.some((tr) => tr.docChanged) || editor.view.composing) return null
          const known = new Set(before.doc.content.content)
          const tr = state.tr
          state.doc.forEach((node, at) => {
            if (node.type.name === "table" && !known.has(node)) setHeads(tr, at, headsOf(node))
          })
          return tr.docChanged ? tr : null
        },
        props: {
          // A table that is written in shows its tools.
          decorations: (state) => {
            const where = chosenIn(state)
            if (!where) return null
            return pm.view.DecorationSet.create(state.doc, [
              pm.view.Decoration.node(where.at, where.at + where.table.nodeSize, { class: "is-written" }),
            ])
          },
          // Cells that are copied are the rows of a sheet where only text is taken.
          clipboardTextSerializer: (slice) => {
            const rows = []
            slice.content.descendants((node) => {
              if (node.type.name !== "tableRow") return true
              rows.push(node.content.content.map((each) => each.textBetween(0, each.content.size, " ", " ")).join("\t"))
              return false
            })
            const isCells = slice.content.content.every((node) => ["table", "tableRow"].includes(node.type.name))
            return isCells ? rows.join("\n") : ""
          },
          handlePaste: (view, _event, slice) => {
            const where = placeOf(view.state.selection.$from)
            if (!where || view.state.selection.$anchorCell || holdsTable(slice)) return false
            view.dispatch(view.state.tr.replaceSelection(asLine(slice, view.state.schema)).scrollIntoView())
            return true
          },
        },
      }),
      ...(this.parent?.() || []),
    ]
  },
})
