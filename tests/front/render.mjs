// The browser's half: makes the HTML of items as render.js does, from what stands on its input.
import { readFileSync } from "node:fs"
import mustache from "../../front/static/front/libraries/mustache.mjs"

const source = readFileSync(new URL("../../front/static/front/view.js", import.meta.url), "utf8")
const { View } = await import(`data:text/javascript,${encodeURIComponent(source)}`)
const { paper, now, items } = JSON.parse(readFileSync(0, "utf8"))
const view = new View(paper, new Date(now))
const made = items.map(([part, place, item]) =>
  mustache.render(paper.templates[part], { ...view.item(item, place), words: paper.words }, paper.templates),
)
process.stdout.write(JSON.stringify(made))
