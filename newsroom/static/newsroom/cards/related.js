// Another story of the desk.
import { gettext } from "django-prose-editor/editor"
import { itemCard } from "./item.js"

export const related = itemCard("stories", gettext("Find a story by its headline"), {
  get: (block) => block.article,
  set: (block, id) => ({ ...block, article: { link: "article", id } }),
})
