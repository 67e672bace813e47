import { readFile } from "node:fs/promises";
import { extname } from "node:path";

const DIST = new URL("../../services/api/internal/ui/dist/", import.meta.url);

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The policy the API server is expected to send; the dashboard has to live with it. */
const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Serves the build, and index.html for every path that is no file. */
export async function serveDist(request, response) {
  const { pathname } = new URL(request.url, "http://mock");
  const known = /^\/(assets\/[\w.-]+|[\w-]+\.(js|svg))$/.test(pathname);
  const name = known ? pathname.slice(1) : "index.html";
  try {
    const body = await readFile(new URL(name, DIST));
    response.writeHead(200, {
      "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
    });
    response.end(body);
  } catch {
    response.writeHead(404).end("not built: run npm run build\n");
  }
}
