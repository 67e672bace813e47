import type { Counts, ServiceState } from "../api/types";

const grouped = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** "12,345" */
export function count(n: number): string {
  return grouped.format(n);
}

/** "12.3K", where room is short. */
export function shortCount(n: number): string {
  return n < 10_000 ? grouped.format(n) : compact.format(n);
}

/** "1 event", "2 events". */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** Counts with the largest first. */
export function ranked(counts: Counts): [string, number][] {
  return Object.entries(counts).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** "87 ms", "1.2 s", "3 min", from a field that may hold anything. */
export function duration(ms: string | undefined): string | undefined {
  const value = Number(ms);
  if (ms === undefined || ms === "" || !Number.isFinite(value)) return undefined;
  if (value < 1_000) return `${Math.round(value)} ms`;
  if (value < 120_000) return `${(value / 1_000).toFixed(1)} s`;
  return `${Math.round(value / 60_000)} min`;
}

/** "812 B", "1.2 kB", from a field that may hold anything. */
export function bytes(text: string | undefined): string | undefined {
  const value = Number(text);
  if (text === undefined || text === "" || !Number.isFinite(value)) return undefined;
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)} kB`;
  return `${(value / 1_000_000).toFixed(1)} MB`;
}

/** "192.0.2.1:22", "[2001:db8::1]:22". */
export function hostPort(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** The command with which an operator can touch a service to see an event arrive. */
export function tryCommand(service: ServiceState): string {
  const { slug, address, port, transport } = service;
  if (slug === "ssh") return `ssh -p ${port} root@${address}`;
  if (slug === "http") return `curl http://${hostPort(address, port)}/`;
  return `nc -v${transport === "udp" ? "u" : ""} ${address} ${port}`;
}
