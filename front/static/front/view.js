/**
 * What a template needs of an item that its JSON does not say: sizes of its picture, the hour, where it leads.
 *
 * The same as front/view.py, function by function: what one makes the other makes too, and a test holds both to it.
 */

/** The first of these that an item has is its name in lists. */
const CALLED_BY = ["headline", "title", "name", "slug"]
const NARROW_SPACE = "\u00a0"
/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"]
const PATH = /^\/(?![/\\\t\n\r])/ // of this site: the others browsers take for another host
const two = (number) => String(number).padStart(2, "0")

export class View {
  /** `paper`: {words, places, language, zone, front_url}, as `data-parts` has them; `now`: a Date, for tests. */
  constructor(paper, now = null) {
    Object.assign(this, paper)
    this.now = now
    this.clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: this.zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
  }

  item(item, place) {
    const photo = this.photo(item)
    const view = {
      name: this.name(item),
      is_article: item.kind === "article",
      is_blurb: item.kind === "blurb",
      is_video: item.kind === "video",
      is_live: item.genre === "live" && !this.hasEnded(item),
      breaking: Boolean(item.breaking),
      href: this.href(item.web_url),
      hour: this.hour(item.published_at),
      moment: this.moment(item.published_at),
      minutes: this.minutes(item.reading_minutes),
      length: this.length(item.duration_seconds),
      label: this.label(item),
      language: item.language !== this.language ? item.language : null,
      direction: direction(item.language || this.language),
      snippet: this.snippet(item),
      picture: this.picture(photo, place),
    }
    if (item.kind === "blurb") view.link = this.blurbLink(item)
    return { ...item, view }
  }

  name(item) {
    return CALLED_BY.map((key) => item[key]).find((value) => typeof value === "string" && value) ?? ""
  }

  photo(item) {
    const photo = item.lead_photo ?? item.photo ?? item.poster ?? item.lead_video?.poster
    return photo ?? Object.values(item).find((value) => value?.kind === "photo") ?? null
  }

  hasEnded(item) {
    return item.live?.state === "ended"
  }

  blurbLink(blurb) {
    const target = blurb.article ?? blurb.video
    return target ? { href: this.href(target.web_url), headline: target.headline } : null
  }

  label(item) {
    if (item.kind === "blurb") return item.label || item.section?.name || ""
    const says = (word) => item.kicker?.toLowerCase() === word.toLowerCase()
    const isSaid = item.breaking && says(this.words.breaking)
    const isPast = this.hasEnded(item) && says(this.words.live)
    const genre = this.hasEnded(item) ? "" : this.words.genres[item.genre ?? ""]
    return (!isSaid && !isPast && item.kicker) || genre || item.section?.name || ""
  }

  snippet(item) {
    const snippet = item.match?.snippet_html ?? ""
    const plain = snippet.replaceAll(/<\/?mark>/g, "")
    return [snippet, item.kicker, item.label].includes(plain) ? "" : snippet
  }

  href(webUrl) {
    if (!webUrl) return ""
    if (webUrl === this.front_url) return "/"
    const path = webUrl.startsWith(this.front_url) ? webUrl.slice(this.front_url.length) : webUrl
    return PATH.test(path) ? path : webUrl
  }

  minutes(minutes) {
    return minutes ? this.words.minutes.replace("{n}", minutes).replace(" ", NARROW_SPACE) : ""
  }

  length(seconds) {
    if (!seconds) return ""
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)]
    return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
  }

  // Times

  local(date) {
    const parts = {}
    for (const { type, value } of this.clock.formatToParts(date)) parts[type] = value
    const day = Date.UTC(parts.year, parts.month - 1, parts.day) / 86_400_000
    return {
      day,
      date: Number(parts.day),
      month: parts.month - 1,
      year: Number(parts.year),
      weekday: (day + 3) % 7, // the first of January 1970 was a Thursday
      hour: `${parts.hour}:${parts.minute}`,
    }
  }

  hour(iso) {
    if (!iso) return ""
    const at = this.local(new Date(iso))
    const today = this.local(this.now ?? new Date())
    const days = today.day - at.day
    if (days === 0) return at.hour
    if (days > 0 && days < 7) return `${this.words.weekdays_short[at.weekday]} ${at.hour}`
    const day = `${at.date}${NARROW_SPACE}${this.words.months_short[at.month]}`
    return at.year === today.year ? day : `${day} ${at.year}`
  }

  moment(iso) {
    if (!iso) return ""
    const at = this.local(new Date(iso))
    return this.words.moment
      .replace("{weekday}", this.words.weekdays[at.weekday])
      .replace("{day} ", `${at.date}${NARROW_SPACE}`)
      .replace("{month}", this.words.months[at.month])
      .replace("{year}", at.year)
      .replace("{hour}", at.hour)
  }

  // Pictures

  picture(photo, place) {
    if (!photo) return null
    const asked = this.places[place]
    const cuts = asked.crops.map((each) => cut(photo, each, each.most ?? asked.most))
    if (!cuts.every(({ widths }) => widths.length)) return null
    const last = cuts.at(-1)
    const format = photo.formats.at(-1)
    const sources = cuts.flatMap((each) =>
      photo.formats.filter((name) => each !== last || name !== format).map((name) => source(photo, each, name)),
    )
    return {
      place,
      sources,
      src: address(photo, last.crop, last.widths.find((width) => width >= 640) ?? last.widths.at(-1), format),
      srcset: srcset(photo, last, format),
      sizes: last.sizes,
      width: last.width,
      height: last.height,
      alt_text: photo.alt_text ?? "",
      caption: photo.caption ?? "",
      credit_line: photo.credit_line ?? "",
      placeholder: asked.placeholder ? (photo.placeholder ?? "") : "",
    }
  }
}

const direction = (language) => (RIGHT_TO_LEFT.includes(language.split("-")[0].toLowerCase()) ? "rtl" : "ltr")

function cut(photo, asked, most) {
  const crop = photo.crops[asked.crop]
  const fitting = crop.widths.filter((width) => width <= most)
  const { width, height } = asked.crop === "original" ? photo : crop
  return { ...asked, widths: fitting.length ? fitting : crop.widths.slice(0, 1), width, height }
}

function source(photo, { media = null, sizes, width, height, ...asked }, format) {
  const type = format === "jpg" ? "image/jpeg" : `image/${format}`
  return { media, type, srcset: srcset(photo, asked, format), sizes, width, height }
}

const address = (photo, crop, width, format) =>
  photo.template.replace("{crop}", crop).replace("{width}", width).replace("{format}", format)

const srcset = (photo, { crop, widths }, format) =>
  widths.map((width) => `${address(photo, crop, width, format)} ${width}w`).join(", ")
