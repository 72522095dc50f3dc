// Sends an item's page, and tells what stood in the way: no connection, a fault, a session that has ended.
const PATIENCE = 60_000 // milliseconds

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html")

export const isJson = (response) => /json/.test(response.headers.get("Content-Type"))

export const fetchPage = async (address) => {
  const response = await fetch(address)
  const there = parsed(await response.text())
  return { response, there, place: there.querySelector(".desk-saving") }
}

export const formOn = (there) => there.querySelector(".desk-saving").closest("form")

// After a session has ended, or somebody has logged in anew: a fresh token, or what stands in the way.
const comeBack = async ({ user, token }) => {
  try {
    const { response, there, place } = await fetchPage(location.href)
    if (response.status >= 500) return "broken"
    const isIn = there.querySelector("#user-tools, .desk-user")
    if (!place && response.redirected) return isIn ? "gone" : "out"
    if (!place) return "refused"
    if (place.dataset.user !== user) return "other"
    token.value = formOn(there).elements[token.name].value
    return ""
  } catch {
    return "offline"
  }
}

// The response, or the problem that there was.
export const post = async (page, address, values, options = {}, isAgain = false) => {
  values.set(page.token.name, page.token.value)
  let response
  try {
    response = await fetch(address, {
      method: "POST",
      body: values,
      headers: { "X-Saving": page.user },
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
    })
  } catch {
    return { problem: "offline" }
  }
  if (response.redirected || response.status === 403) {
    if (isAgain) return { problem: response.redirected ? "out" : "refused" }
    const problem = await comeBack(page)
    return problem ? { problem } : post(page, address, values, options, true)
  }
  if (response.status >= 500 || response.status === 429) return { problem: "broken" }
  if (response.status === 404) return { problem: "gone" }
  if (!response.ok && !isJson(response)) return { problem: "untaken" }
  return { response }
}
