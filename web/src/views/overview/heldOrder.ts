import type { AttackerSummary } from "../../api/types";

/** The items in a given order of their ids; without one, as they are. */
export function inOrder(items: AttackerSummary[], ids: string[] | undefined): AttackerSummary[] {
  if (!ids) return items;
  const byId = new Map(items.map((a) => [a.id, a]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
