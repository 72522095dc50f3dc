// Kicker, headline and standfirst stand above the text, in fields of their own. A search reaches them all the same, and
// what is replaced in them is a step of the text's own thread: taken back and done again with what was replaced below.
import { pm } from "django-prose-editor/editor"

const ABOVE = ["id_kicker", "id_headline", "id_standfirst"]

export const linesAbove = () =>
  ABOVE.map((id) => document.getElementById(id)).filter((field) => field && !field.disabled && !field.readOnly)

export const nameOfLine = (field) => field.labels?.[0]?.textContent.replace(/:\s*$/, "").trim() || ""

// Where in them something stands, in order, before all places of the text.
export const placeAbove = (field, start) => (ABOVE.indexOf(field.id) - ABOVE.length) * 1e6 + start

export const matchesAbove = (pattern) =>
  pattern
    ? linesAbove().flatMap((field) =>
        [...field.value.matchAll(pattern)].map((match) => ({
          above: field,
          start: match.index,
          length: match[0].length,
        })),
      )
    : []

// A step that leaves the text as it is. Only what still says what it said then is put back.
class LineStep extends pm.transform.Step {
  constructor(id, before, after) {
    super()
    Object.assign(this, { id, before, after })
  }

  apply(doc) {
    return pm.transform.StepResult.ok(doc)
  }

  invert() {
    return new LineStep(this.id, this.after, this.before)
  }

  map() {
    return this
  }

  toJSON() {
    const { id, before, after } = this
    return { stepType: "storyLine", id, before, after }
  }

  show() {
    const field = document.getElementById(this.id)
    if (field?.value !== this.before) return
    field.value = this.after
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

const cut = (text, { start, length }, by) => text.slice(0, start) + by + text.slice(start + length)

export const replaceAbove = (tr, matches, by) => {
  for (const field of linesAbove()) {
    const own = matches.filter(({ above }) => above === field).reverse()
    const after = own.reduce((text, match) => cut(text, match, by), field.value)
    if (after !== field.value) tr.step(new LineStep(field.id, field.value, after))
  }
}

// What a transaction has done to them, which no document shows.
export const showAbove = (transaction) => {
  for (const step of transaction.steps) if (step instanceof LineStep) step.show()
}
