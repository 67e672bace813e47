import { useMemo, useState } from "react";
import type { BountyType } from "../api/types";
import { BountyTable } from "../components/BountyTable";
import { Empty, Failure, Loading } from "../components/Notice";
import { Panel } from "../components/Panel";
import { count } from "../lib/format";
import { useTitle } from "../lib/title";
import { useBounties } from "../state/bounties";

const TYPES: Record<BountyType, string> = {
  fingerprint: "Fingerprints",
  ip_leak: "Leaked addresses",
  artifact: "Artifacts",
  probe_relay: "Relay probes",
};

export function BountiesView() {
  useTitle("Bounties");
  const [type, setType] = useState("");
  const [search, setSearch] = useState("");
  const filter = useMemo(
    () => ({ ...(type ? { type } : {}), ...(search ? { search } : {}) }),
    [type, search],
  );
  const { rows, loaded, more, error, loadMore } = useBounties(filter);

  const actions = (
    <>
      <select
        aria-label="Type"
        className={type ? "select active" : "select"}
        value={type}
        onChange={(change) => setType(change.target.value)}
      >
        <option value="">All types</option>
        {Object.entries(TYPES).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Search onSearch={setSearch} />
    </>
  );

  return (
    <div className="page">
      <h1 className="sr-only">Bounties</h1>
      <Panel
        title="Bounties"
        tally={loaded ? `${count(rows.length)}${more ? "+" : ""}` : undefined}
        actions={actions}
      >
        <p className="panel-intro">
          What is worth keeping of attackers when their events are gone: fingerprints, addresses
          they leaked, what they brought.
        </p>
        {error && <Failure error={error} />}
        {!loaded && <Loading />}
        {loaded && rows.length === 0 && !error && (
          <Empty title={type || search ? "None matches the filter" : "None yet"} />
        )}
        {rows.length > 0 && <BountyTable bounties={rows} label="Table of bounties" />}
        {more && (
          <p className="rows-end">
            <button type="button" className="link" onClick={loadMore}>
              Load more
            </button>
          </p>
        )}
      </Panel>
    </div>
  );
}

/** Searches when it is sent, so that not every letter is a request. */
function Search({ onSearch }: { onSearch: (text: string) => void }) {
  return (
    <form
      onSubmit={(submit) => {
        submit.preventDefault();
        onSearch(String(new FormData(submit.currentTarget).get("search") ?? "").trim());
      }}
    >
      <input
        type="search"
        name="search"
        className="select"
        aria-label="Search in values"
        placeholder="Search values"
        maxLength={64}
      />
    </form>
  );
}
