"use client";
// Where the desk's preview links lead: PREVIEW_URL=http://localhost:3000/preview?kind={kind}&id={id}#{token}

import { useEffect, useState } from "react";
import { openPreview } from "./acts";

export default function Preview() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const { kind, id = "" } = Object.fromEntries(new URLSearchParams(location.search));
    const token = location.hash.slice(1);
    history.replaceState(null, "", location.pathname); // out of sight, out of bookmarks
    if (token) openPreview(`${kind}s`, id, token).then(() => setOver(true)); // it leads away where there is something
  }, []);
  return <p role="status">{isOver ? "Nothing to show: the link is over, or of what this site has no page for." : "One moment …"}</p>;
}
