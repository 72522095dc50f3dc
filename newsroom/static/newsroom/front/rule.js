// A rule as a container keeps it: the feed's own parameters, each with what is chosen for it.

const valueOf = (value) => (typeof value === "object" && value ? value.id : String(value))

export const chosen = (rule, name) => {
  const value = rule?.[name]
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(valueOf)
}

const LINKED = new Set(["section", "topic", "byline"])

export const withChosen = (rule, name, values) => {
  const { [name]: _former, ...rest } = rule
  if (!values.length) return rest
  if (name === "breaking") return { ...rest, breaking: values[0] === "true" }
  return { ...rest, [name]: values.map((value) => (LINKED.has(name) ? { link: name, id: value } : value)) }
}
