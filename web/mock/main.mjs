// A stand-in for the DECNET server: plausible attackers, some of them hostile to
// browsers, on the real API. For looking at the dashboard without the Go stack.
import { createServer } from "node:http";
import { createApi } from "./api.mjs";
import { readOptions, usage } from "./options.mjs";
import { serveDist } from "./static.mjs";
import { createWorld } from "./world.mjs";

const options = readOptions();
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const world = createWorld(options);
const api = createApi(world, options);
const pages = options.dist ? serveDist : await viteMiddleware();

createServer((request, response) => {
  if (request.url.startsWith("/api/")) api(request, response);
  else pages(request, response);
}).listen(options.port, "127.0.0.1", () => {
  console.log(
    `dashboard on http://127.0.0.1:${options.port}/ (admin / mock), ${options.rate} events/s`,
  );
});

async function viteMiddleware() {
  const { createServer: createVite } = await import("vite");
  const vite = await createVite({ server: { middlewareMode: true }, appType: "spa" });
  return vite.middlewares;
}
