import { get, post } from "./http";
import * as normalize from "./normalize";
import type {
  AttackerSummary,
  Bounty,
  BountyQuery,
  DeadLetter,
  DeckyState,
  DecoyEvent,
  EventQuery,
  Page,
  Profile,
  ServiceSpec,
  SystemHealth,
  User,
} from "./types";

// One function per endpoint. The session is an http-only cookie that the
// browser sends by itself; no token is ever held in script.

export async function login(username: string, password: string): Promise<void> {
  await post("/auth/login", { username, password });
}

export async function logout(): Promise<void> {
  await post("/auth/logout");
}

export function whoAmI(): Promise<User> {
  return get<User>("/auth/me");
}

export async function listAttackers(cursor?: string, limit = 200): Promise<Page<AttackerSummary>> {
  const wire = await get<Page<AttackerSummary>>("/attackers", { sort: "last_seen", limit, cursor });
  const result = normalize.page(wire);
  return { ...result, items: result.items.map(normalize.attacker) };
}

export async function getAttacker(id: string, signal?: AbortSignal): Promise<Profile> {
  return normalize.profile(await get<Profile>(`/attackers/${encodeURIComponent(id)}`, {}, signal));
}

export async function listEvents(
  query: EventQuery,
  signal?: AbortSignal,
): Promise<Page<DecoyEvent>> {
  return normalize.page(await get<Page<DecoyEvent>>("/events", { ...query }, signal));
}

export async function listBounties(
  query: BountyQuery,
  signal?: AbortSignal,
): Promise<Page<Bounty>> {
  return normalize.page(await get<Page<Bounty>>("/bounties", { ...query }, signal));
}

export async function listDeckies(signal?: AbortSignal): Promise<DeckyState[]> {
  const wire = await get<Page<DeckyState>>("/deckies", {}, signal);
  return normalize.page(wire).items.map(normalize.decky);
}

export async function listServices(signal?: AbortSignal): Promise<ServiceSpec[]> {
  return normalize.page(await get<Page<ServiceSpec>>("/services", {}, signal)).items;
}

export async function getHealth(signal?: AbortSignal): Promise<SystemHealth> {
  return normalize.health(await get<SystemHealth>("/health", {}, signal));
}

export async function listDeadLetters(limit: number, signal?: AbortSignal): Promise<DeadLetter[]> {
  return normalize.page(await get<Page<DeadLetter>>("/dead-letters", { limit }, signal)).items;
}
