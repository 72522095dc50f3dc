// The body of a story as HTML. A block of a type that is not handled here does not compile.

import type { Block, Photo } from "./client.js";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escaped = (text: string | null) => (text ?? "").replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

type List = { ordered: boolean; start: number; items: { html: string; list: List | null }[] };

function list({ ordered, start, items }: List): string {
  const rows = items.map((item) => `<li>${item.html}${item.list ? list(item.list) : ""}</li>`).join("");
  return ordered ? `<ol start="${start}">${rows}</ol>` : `<ul>${rows}</ul>`;
}

// Every size of a photo follows from its template: no list of addresses is needed.
export function picture(photo: Photo, crop: keyof Photo["crops"] = "original"): string {
  const { template } = photo;
  if (!template) return ""; // a preview shows photos of which no size is made yet
  const { width, height, widths } = photo.crops[crop];
  const address = (wide: number, format: string) =>
    template.replace("{crop}", crop).replace("{width}", String(wide)).replace("{format}", format);
  const sources = photo.formats.map((format) => {
    const set = widths.map((wide) => `${address(wide, format)} ${wide}w`).join(", ");
    return `<source type="image/${format === "jpg" ? "jpeg" : format}" srcset="${set}" sizes="auto, 100vw">`;
  });
  const size = `width="${width}" height="${height}"`;
  return `<picture>${sources.join("")}<img src="${photo.src}" alt="${escaped(photo.alt_text)}" ${size} loading="lazy"></picture>`;
}

function figure(photo: Photo): string {
  const words = [escaped(photo.caption), escaped(photo.credit_line)].filter(Boolean).join(" ");
  return `<figure>${picture(photo)}<figcaption>${words}</figcaption></figure>`;
}

export function html(block: Block): string {
  switch (block.type) {
    case "paragraph":
      return `<p>${block.html}</p>`;
    case "heading":
      return `<h${block.level}>${block.html}</h${block.level}>`;
    case "list":
      return list(block);
    case "quote":
    case "pullquote": {
      const by = block.attribution ? `<footer>${escaped(block.attribution)}</footer>` : "";
      return `<blockquote class="${block.type}">${block.html}${by}</blockquote>`;
    }
    case "table": {
      const rows = block.rows.map((row, at) => {
        const cells = row.map((cell, column) =>
          at < block.header_rows || column < block.header_columns ? `<th>${cell}</th>` : `<td>${cell}</td>`,
        );
        return `<tr>${cells.join("")}</tr>`;
      });
      return `<table><caption>${escaped(block.caption)}</caption>${rows.join("")}</table>`;
    }
    case "photo":
      return figure(block.photo);
    case "gallery":
      return block.photos.map(figure).join("");
    case "video":
      return `<a href="${block.video.web_url}">${escaped(block.video.headline)}</a>`;
    case "related":
      return `<aside><a href="${block.article.web_url}">${escaped(block.article.headline)}</a></aside>`;
    case "embed":
      return block.html ?? `<a href="${block.url}">${escaped(block.title || block.url)}</a>`;
    case "factbox":
      return `<aside><h2>${escaped(block.title)}</h2>${block.html}</aside>`;
    case "divider":
      return "<hr>";
    default:
      return block satisfies never;
  }
}
