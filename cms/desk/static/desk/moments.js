// A date and time on the newsroom's wall clock: said at once where the clock skips it, and asked which of the two is
// meant where it shows it twice. The server refuses both unless it is told.
"use strict"
{
  const DAY = 24 * 3600 * 1000 // milliseconds

  // What a clock on the newsroom's wall says, as if it were UTC.
  const wallOf = (time, zone) => {
    const parts = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    }).formatToParts(time)
    const part = (type) => parts.find((found) => found.type === type).value
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"))
  }

  // How often the clock says it on that day: once, or never where it skips, or twice where it repeats.
  const times = (wall, zone) => {
    const said = Date.parse(`${wall}Z`)
    if (Number.isNaN(said)) return 1
    const offsets = [said - DAY, said + DAY].map((time) => wallOf(time, zone) - time)
    return new Set(offsets.map((offset) => said - offset).filter((time) => wallOf(time, zone) === said)).size
  }

  const look = (moment) => {
    const [input, which] = moment.querySelectorAll("input, select")
    const wall = input.value.slice(0, 16)
    const number = wall ? times(wall, moment.dataset.zone) : 1
    moment.querySelector(".moment-which").hidden = number !== 2
    if (number !== 2) which.value = ""
    moment.querySelector(".moment-said").textContent =
      { 0: moment.dataset.skipped, 2: moment.dataset.twice }[number] ?? ""
  }
  // On the document, since a save puts a new panel in the place of the old one.
  document.addEventListener("input", (event) => {
    const moment = event.target.closest(".moment")
    if (moment && event.target.matches("input")) look(moment)
  })
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".moment").forEach(look))
}
