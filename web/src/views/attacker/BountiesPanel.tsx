import { memo, useMemo } from "react";
import { BountyTable } from "../../components/BountyTable";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { count } from "../../lib/format";
import { useBounties } from "../../state/bounties";

export const BountiesPanel = memo(function BountiesPanel({ attacker }: { attacker: string }) {
  const { rows, loaded, more, error, loadMore } = useBounties(
    useMemo(() => ({ attacker }), [attacker]),
  );
  return (
    <Panel title="Bounties" tally={loaded ? `${count(rows.length)}${more ? "+" : ""}` : undefined}>
      {error && <Failure error={error} />}
      {!loaded && <Loading />}
      {loaded && rows.length === 0 && !error && <Empty title="None found" />}
      {rows.length > 0 && (
        <BountyTable ofOne bounties={rows} label="What was learned, the latest first" />
      )}
      {more && (
        <p className="rows-end">
          <button type="button" className="link" onClick={loadMore}>
            Load more
          </button>
        </p>
      )}
    </Panel>
  );
});
