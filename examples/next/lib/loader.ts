// Addresses of pictures. A photo has a template and some widths in each crop; components/picture.tsx gives both as one
// text, "<template>#<width>,<width>", since a loader is told of nothing but that.

export default function loader({ src, width }: { src: string; width: number }): string {
  const [template = "", widths = ""] = src.split("#");
  const there = widths.split(",").map(Number);
  return template.replace("{width}", String(there.find((each) => each >= width) ?? there.at(-1)));
}
