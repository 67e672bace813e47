import type { SystemHealth, WorkerHealth } from "../api/types";
import { count, plural } from "../lib/format";
import type { Resource } from "../state/resource";
import { Ago } from "./Ago";
import { Menu } from "./Menu";
import { StatusDot } from "./StatusDot";

/** How the workers are: in a word, and one by one on demand. */
export function HealthMenu({ health }: { health: Resource<SystemHealth> }) {
  const { data, error } = health;
  const { tone, word } = verdict(data, error);
  const summary = (
    <>
      <span className={`dot dot-${tone}`} />
      {word}
    </>
  );
  return (
    <Menu label="System health" summary={summary}>
      {error && <p className="menu-note">{error.message}</p>}
      {data && (
        <>
          <ul className="workers">
            {data.workers.map((worker) => (
              <Worker key={`${worker.worker} ${worker.instance}`} worker={worker} />
            ))}
          </ul>
          <p className="menu-note">DECNET {data.version}</p>
        </>
      )}
    </Menu>
  );
}

function verdict(data: SystemHealth | undefined, error: Error | undefined) {
  if (error) return { tone: "bad", word: "Server unreachable" };
  if (!data) return { tone: "idle", word: "Health" };
  const { workers } = data;
  const failed = workers.filter((w) => w.status === "failed").length;
  const ready = workers.filter((w) => w.status === "ready").length;
  if (failed > 0)
    return { tone: "bad", word: `${failed} of ${plural(workers.length, "worker")} failed` };
  if (ready < workers.length || data.status !== "ready") {
    return { tone: "warn", word: `${ready} of ${plural(workers.length, "worker")} ready` };
  }
  return { tone: "ok", word: `${plural(workers.length, "worker")} ready` };
}

function Worker({ worker }: { worker: WorkerHealth }) {
  const counters = Object.entries(worker.counters ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return (
    <li>
      <div className="worker-head">
        <strong>{worker.worker}</strong>
        <StatusDot status={worker.status} />
        <span className="dim">
          {worker.host} · since <Ago time={worker.started} />
          {worker.restarts > 0 && ` · ${plural(worker.restarts, "restart")}`}
        </span>
      </div>
      {worker.reason && <p className="reason">{worker.reason}</p>}
      {counters.length > 0 && (
        <p className="dim counters">
          {counters.map(([name, value]) => (
            <span key={name}>
              {name} <b>{count(value)}</b>
            </span>
          ))}
        </p>
      )}
    </li>
  );
}
