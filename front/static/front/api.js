/** What the scripts ask of the API. */

/** It cannot be reached, or cannot answer now: the same may be asked again in a while. */
export class Away extends Error {}

/** It has answered that this is not to be had: asking again is in vain. */
export class Refused extends Error {
  constructor(status) {
    super(`The API answered ${status}`)
    this.status = status
  }
}

const PATIENCE = 20_000

/**
 * The JSON at an address. `isFresh` has the browser ask whether what it keeps is still so (a 304 where nothing is new);
 * without it a browser may show what it has, and each answer is a round late.
 */
export async function ask(address, { isFresh = false } = {}) {
  const answer = await fetch(address, {
    cache: isFresh ? "no-cache" : "default",
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((error) => {
    throw new Away(error.message)
  })
  if (answer.status >= 500 || answer.status === 429) throw new Away(`The API answered ${answer.status}`)
  if (!answer.ok) throw new Refused(answer.status)
  return answer.json().catch((error) => {
    throw new Away(error.message)
  })
}

/** An address of the API, from the path behind `/api/v1/`. */
export function addressOf(path) {
  return new URL(path, new URL(document.documentElement.dataset.api, location.href)).href
}
