// Empties the folder that the API server embeds, but for the .gitkeep that
// lets the server build on a machine without node.
import { mkdir, readdir, rm } from "node:fs/promises";

const dist = new URL("../../services/api/internal/ui/dist/", import.meta.url);

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== ".gitkeep") await rm(new URL(name, dist), { recursive: true });
}
