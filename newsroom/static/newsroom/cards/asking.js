// What cards ask the desk.

export const asked = async (address, values) => {
  const answer = await fetch(`${address}?${new URLSearchParams(values)}`, {
    headers: { "X-Requested-With": "XMLHttpRequest" },
    credentials: "same-origin",
  })
  if (!answer.ok || answer.redirected) throw new Error(answer.status)
  return answer.json()
}

export const OFFLINE = gettext("The desk cannot be reached, or you are logged out. Try again in a while.")

export const token = (editor) =>
  editor.view.dom.closest("form")?.querySelector("[name=csrfmiddlewaretoken]")?.value || ""
