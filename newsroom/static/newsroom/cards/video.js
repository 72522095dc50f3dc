// A video of the desk.
import { gettext } from "django-prose-editor/editor"
import { itemCard } from "./item.js"

export const video = itemCard("videos", gettext("Find a video by its headline"), {
  get: (block) => block.video,
  set: (block, id) => ({ ...block, video: { link: "video", id, whole: true } }),
})
