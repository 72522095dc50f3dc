"use server";

import { cookies, draftMode } from "next/headers";
import { redirect } from "next/navigation";
import { draft, isKind } from "../../lib/galley";

// Gives a browser leave to see one draft, for as long as its link lives.
export async function openPreview(kind: string, id: string, token: string): Promise<void> {
  if (!isKind(kind) || !(await draft(kind, id, token))) return;
  (await draftMode()).enable();
  (await cookies()).set("preview", `${kind} ${id} ${token}`, { httpOnly: true, sameSite: "lax" });
  redirect(`/${kind}/${id}`);
}

export async function endPreview(): Promise<void> {
  (await draftMode()).disable();
  (await cookies()).delete("preview");
  redirect("/");
}
