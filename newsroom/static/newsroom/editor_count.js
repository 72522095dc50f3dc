// How long a story is, below its text: counted as the API counts, where readers are told the same.
import { Extension, Plugin, gettext } from "django-prose-editor/editor"

const interpolate = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name])

const textOf = (html) => {
  const holder = document.createElement("template")
  holder.innerHTML = (html || "").replace(/<\/(?:p|li)>|<br>/g, " ")
  return holder.content.textContent
}

const words = (doc) => {
  const said = []
  doc.forEach((node) => {
    if (node.type.name === "storyCard") {
      try {
        const block = JSON.parse(node.attrs["data-block"])
        said.push(textOf(block.html), block.title || "")
      } catch {
        // A card that cannot be read says nothing.
      }
    } else said.push(node.textBetween(0, node.content.size, " ", " "))
  })
  return said.join(" ").split(/\s+/).filter(Boolean).length
}

export const StoryCount = Extension.create({
  name: "storyCount",

  addOptions() {
    return { wordsAMinute: 238 }
  },

  addProseMirrorPlugins() {
    const { options } = this
    return [
      new Plugin({
        view: (view) => {
          const place = document.createElement("p")
          place.className = "story-count"
          const show = () => {
            const number = words(view.state.doc)
            const minutes = Math.max(1, Math.ceil(number / options.wordsAMinute))
            const values = { words: number.toLocaleString(document.documentElement.lang || undefined), minutes }
            const text = interpolate(gettext("Words: %(words)s · Reading time: %(minutes)s min"), values)
            if (place.textContent !== text) place.textContent = text
          }
          view.dom.after(place)
          show()
          return { update: (_view, before) => before.doc !== view.state.doc && show(), destroy: () => place.remove() }
        },
      }),
    ]
  },
})
