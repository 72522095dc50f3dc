// A photo with its credit, in sizes that Galley has. It keeps its place before it is there.

import Image from "next/image";
import type { Photo } from "../lib/galley";

type Props = { photo: Photo; crop?: keyof Photo["crops"]; isFirst?: boolean };

export function Picture({ photo, crop = "original", isFirst = false }: Props) {
  const { width, height, widths } = photo.crops[crop];
  const template = photo.template?.replace("{crop}", crop).replace("{format}", photo.formats[0] ?? "jpg");
  const src = template ? `${template}#${widths}` : (photo.src ?? ""); // a draft's photo may have no sizes yet
  const placeholder = (photo.placeholder ?? "empty") as `data:image/${string}` | "empty";
  const look = { width, height, placeholder, sizes: "(min-width: 44rem) 42rem, 100vw", preload: isFirst };
  return (
    <figure>
      <Image {...look} src={src} unoptimized={!template} alt={photo.alt_text} />
      <figcaption>{photo.caption} <small>{photo.credit_line}</small></figcaption>
    </figure>
  );
}
