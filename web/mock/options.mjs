import { parseArgs } from "node:util";

export const usage = `npm run dev:mock -- [options]
  --rate N    events per second (default 3; 1000 is the load the page must bear)
  --empty     a fresh installation that nobody has touched
  --flaky     break the live stream every 15 seconds
  --dist      serve the built dashboard under its security policy, not Vite's
  --port N    where the dashboard listens (default 5173)
Sign in as admin with the password "mock".`;

export function readOptions() {
  const { values } = parseArgs({
    options: {
      rate: { type: "string", default: "3" },
      empty: { type: "boolean", default: false },
      flaky: { type: "boolean", default: false },
      dist: { type: "boolean", default: false },
      port: { type: "string", default: "5173" },
      help: { type: "boolean", default: false },
    },
  });
  return { ...values, rate: Number(values.rate), port: Number(values.port) };
}
