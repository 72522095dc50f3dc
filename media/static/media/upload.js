// Sends one file, and says how far it is. Whatever comes back, and be it nothing, is an answer in words: what was stored,
// or why not (`error`), and whether it may go through when it is sent once more (`again`).
const LATER = [429, 502, 503, 504] // a server that is busy, or starts anew

const WORDS = () => ({
  offline: gettext("The server cannot be reached. Try again in a while; nothing was kept."),
  loggedOut: gettext("You are logged out. Log in in another tab, then try again."),
  failed: gettext("The server could not take it. Try again in a while; nothing was kept."),
  tooLarge: gettext("The file is larger than the server takes; save it smaller and send it again."),
})

const parsed = (text) => {
  try {
    const answer = JSON.parse(text)
    return answer && typeof answer === "object" ? answer : null
  } catch {
    return null
  }
}

const answerOf = (request, words) => {
  const answer = parsed(request.responseText)
  const isStored = request.status >= 200 && request.status < 300
  if (answer && (isStored || answer.error)) return answer
  if (answer?.detail) return { ...answer, error: answer.detail, again: LATER.includes(request.status) }
  if (request.status === 413) return { error: words.tooLarge }
  if (request.responseURL.includes("/login/")) return { error: words.loggedOut, again: true }
  return { error: words.failed, again: true }
}

// Resolves with { isStored, status, answer }, and with { isAborted } where the signal said so.
export const upload = (address, file, { token, name = "file", words, progressed, arrived, signal }) =>
  new Promise((resolve) => {
    const said = { ...WORDS(), ...words }
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append(name, file, file.name || "picture.png") // what is pasted has no name
    request.open("POST", address)
    request.setRequestHeader("X-CSRFToken", token)
    request.setRequestHeader("Accept", "application/json")
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progressed?.(event.loaded / event.total)
    })
    request.upload.addEventListener("load", () => arrived?.())
    request.addEventListener("load", () => {
      const answer = answerOf(request, said)
      resolve({ isStored: !answer.error, status: request.status, answer })
    })
    const failed = () => resolve({ isStored: false, status: 0, answer: { error: said.offline, again: true } })
    request.addEventListener("error", failed)
    request.addEventListener("timeout", failed)
    request.addEventListener("abort", () => resolve({ isStored: false, isAborted: true, status: 0, answer: {} }))
    signal?.addEventListener("abort", () => request.abort())
    request.send(form)
  })
