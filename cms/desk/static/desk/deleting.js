// Whether something is to be deleted is asked on its page. Without scripts, or where one fails, on a page of its own.
import { dialog, fetched, parsed, show } from "./asking.js"

const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.deletelink, a.desk-delete")
  if (!link || event.defaultPrevented || !isPlain(event)) return
  event.preventDefault()
  try {
    const answer = await fetched(link.href)
    if (!answer.ok || new URL(answer.url).pathname !== link.pathname) throw new Error("not asked")
    await show(await parsed(answer))
    for (const form of dialog.querySelectorAll("form")) form.action = link.href
    dialog.addEventListener("close", () => (link.offsetParent ? link : document.querySelector("main")).focus(), {
      once: true,
    })
  } catch {
    location.assign(link.href)
  }
})
