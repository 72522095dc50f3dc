// Hands over the secret part of a preview's link, which stands behind the #, and goes on to the preview.
"use strict"
{
  const say = (name) => {
    const heading = document.querySelector("h1")
    heading.textContent = heading.dataset[name]
    document.querySelector(`.is-${name}`).hidden = false
  }

  const open = async () => {
    const token = location.hash.slice(1)
    let answer
    try {
      answer = await fetch(location.pathname, { method: "POST", headers: { Authorization: `Preview ${token}` } })
      if (answer.ok) {
        location.replace((await answer.json()).address) // the link is not left behind in the history
        return
      }
    } catch {
      // no answer, or none that can be read
    }
    say(answer?.status === 401 ? "ended" : "broken")
  }

  open()
  window.addEventListener("hashchange", () => location.reload())
}
