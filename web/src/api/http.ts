/** An error the API reported (RFC 9457), or that kept us from reaching it (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

type Query = Record<string, string | number | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

export const API_ROOT = "/api/v1";

let onUnauthorized: () => void = () => {};

/** Registers what happens when the server no longer knows who we are. */
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return call<T>("GET", path, { query, signal });
}

export function post<T>(path: string, body?: unknown): Promise<T> {
  return call<T>("POST", path, { body });
}

async function call<T>(method: string, path: string, options: Options): Promise<T> {
  const response = await reach(method, API_ROOT + path + queryString(options.query), options);
  if (!response.ok) {
    // A refused login is the user's typing error, not the end of a session.
    if (response.status === 401 && path !== "/auth/login") onUnauthorized();
    throw await problem(response);
  }
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function reach(method: string, url: string, options: Options): Promise<Response> {
  const init: RequestInit = { method, headers: { Accept: "application/json" } };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.headers = { ...init.headers, "Content-Type": "application/json" };
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(url, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "The DECNET server does not answer.");
  }
}

async function problem(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const body = (await response.json()) as { detail?: string; title?: string; code?: string };
    return new ApiError(
      response.status,
      body.code ?? "internal",
      body.detail || body.title || fallback,
    );
  } catch {
    return new ApiError(response.status, "internal", fallback);
  }
}

function queryString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}
