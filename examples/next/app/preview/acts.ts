"use server";

import { cookies, draftMode } from "next/headers";
import { redirect } from "next/navigation";
import { draft } from "../../lib/galley";

// Gives a browser leave to see one draft, for as long as its link lives.
export async function openPreview(id: string, token: string): Promise<void> {
  if (!(await draft(id, token))) return;
  (await draftMode()).enable();
  (await cookies()).set("preview", `${id} ${token}`, { httpOnly: true, sameSite: "lax" });
  redirect(`/articles/${id}`);
}

export async function endPreview(): Promise<void> {
  (await draftMode()).disable();
  (await cookies()).delete("preview");
  redirect("/");
}
