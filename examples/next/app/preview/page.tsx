"use client";
// Where the desk's preview links lead: PREVIEW_URL=http://localhost:3000/preview?id={id}#{token}

import { useEffect, useState } from "react";
import { openPreview } from "./acts";

export default function Preview() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const id = new URLSearchParams(location.search).get("id") ?? "";
    const token = location.hash.slice(1);
    history.replaceState(null, "", location.pathname); // out of sight, out of bookmarks
    if (token) openPreview(id, token).then(() => setOver(true)); // it leads away where there is something to see
  }, []);
  return <p role="status">{isOver ? "This preview is over. Ask the newsroom for a new link." : "One moment …"}</p>;
}
