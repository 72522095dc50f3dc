// Where a link leads, without who counts the clicks on it. None for what is no address of the web or of a person, and for
// a page of the desk: a footnote of a pasted text becomes one when a browser takes its "#_ftn1" for a place on this page.
const COUNTED =
  /^(?:utm_\w+|hsa_\w+|mtm_\w+|pk_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|li_fat_id|epik|srsltid|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs\w+|_ga|_gl|vero_id|vero_conv|oly_anon_id|oly_enc_id|wickedid|rb_clickid|s_kwcid|ref_src|ref_url|cmpid|ns_campaign|ns_mchannel|at_medium|at_campaign)$/i
const REDIRECTS = [
  [/(^|\.)google\.[a-z]{2,3}(\.[a-z]{2})?$/, "/url", ["q", "url"]],
  [/\.safelinks\.protection\.outlook\.com$/, "/", ["url"]],
  [/^lm?\.(facebook|instagram)\.com$/, "/", ["u"]],
  [/(^|\.)youtube\.com$/, "/redirect", ["q"]],
  [/(^|\.)linkedin\.com$/, "/redir/redirect", ["url"]],
  [/^(www\.)?slack-redir\.net$/, "/link", ["url"]],
  [/^t\.umblr\.com$/, "/redirect", ["z"]],
]

const withoutCounting = (address) => {
  const [, before, query, after] = address.match(/^([^?#]*)(\?[^#]*)?(#.*)?$/s) || [null, address]
  const kept = (query || "")
    .slice(1)
    .split("&")
    .filter((part) => part && !COUNTED.test(part.split("=")[0].replace(/^amp;/, "")))
  const isCounted = query && kept.length !== query.slice(1).split("&").filter(Boolean).length
  return isCounted ? `${before}${kept.length ? `?${kept.join("&")}` : ""}${after || ""}` : address
}

let desk = "/admin/"
export const setDesk = (path) => (desk = path)

export const target = (href) => {
  const address = (href || "").trim()
  let url
  try {
    url = new URL(address)
  } catch {
    return null
  }
  for (const [host, path, names] of REDIRECTS) {
    if (!host.test(url.hostname) || !url.pathname.startsWith(path)) continue
    const inner = names.map((name) => url.searchParams.get(name)).find(Boolean)
    if (inner) return target(inner)
  }
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return null
  if (url.origin === location.origin && url.pathname.startsWith(desk)) return null
  return url.protocol === "mailto:" ? url.href : withoutCounting(address)
}
