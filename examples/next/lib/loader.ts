// One address of a picture. `src` is "<template>#<width>,<width>" (components/picture.tsx): a loader is told nothing else.

export default function loader({ src, width }: { src: string; width: number }): string {
  const [template = "", widths = ""] = src.split("#");
  const there = widths.split(",").map(Number);
  return template.replace("{width}", String(there.find((each) => each >= width) ?? there.at(-1)));
}
