// The mark where the free part of a story ends.
import { gettext } from "django-prose-editor/editor"
import { made } from "./elements.js"

export const paywall = (card) => {
  card.body.append(
    made("strong", { textContent: gettext("Free up to here") }),
    made("p", {
      className: "story-card-meta",
      textContent: gettext("What follows is for those who can read the whole story."),
    }),
  )
  return () => {}
}
