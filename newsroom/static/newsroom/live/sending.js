// Sends something to a live story's page, and tells in words what stood in the way.
const PATIENCE = 60_000 // milliseconds

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value

const answered = async (response) => {
  const isJson = /json/.test(response.headers.get("Content-Type"))
  if (response.type === "opaqueredirect" || response.status === 403 || !isJson) {
    const isOut = response.type === "opaqueredirect" || response.status === 403
    const text = isOut
      ? gettext(
          "You are logged out, or may not do this. Log in in another tab, then press again: your text is still here.",
        )
      : gettext("That did not work. Press again in a moment: your text is still here.")
    return { isDone: false, errors: [text] }
  }
  const found = await response.json()
  return { ...found, isDone: response.ok, errors: found.errors || [] }
}

export const ask = async (address) => {
  try {
    return await answered(await fetch(address, { credentials: "same-origin", redirect: "manual" }))
  } catch {
    return { isDone: false, errors: [] } // offline: it is asked again later
  }
}

export const send = async (address, values) => {
  const body = new FormData()
  for (const [name, value] of Object.entries(values)) body.set(name, value)
  try {
    return await answered(
      await fetch(address, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token() },
        credentials: "same-origin",
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      }),
    )
  } catch {
    const text = gettext("That did not work. Check the connection, and press again: your text is still here.")
    return { isDone: false, errors: [text] }
  }
}
