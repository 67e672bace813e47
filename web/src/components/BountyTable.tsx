import { memo } from "react";
import type { Bounty } from "../api/types";
import { count } from "../lib/format";
import { addressOf } from "../lib/paths";
import { minuteStamp, stamp } from "../lib/time";
import { bountyKey } from "../state/bountyRows";
import { usePrefs } from "../state/prefs";
import { AttackerLink } from "./AttackerLink";
import { Hostile, hostileTitle } from "./Hostile";
import { ScrollBox } from "./ScrollBox";

interface Props {
  bounties: Bounty[];
  label: string;
  /** Whose they are is said elsewhere. */
  ofOne?: boolean;
}

/** What was learned of attackers, a row each. */
export function BountyTable({ bounties, label, ofOne = false }: Props) {
  return (
    <ScrollBox label={label}>
      <table className={ofOne ? "" : "roomy"}>
        <thead>
          <tr>
            {!ofOne && <th>First seen</th>}
            {!ofOne && <th>Attacker</th>}
            <th>Type</th>
            <th>Name</th>
            <th>Value</th>
            <th>From</th>
            <th className="number">Events</th>
          </tr>
        </thead>
        <tbody>
          {bounties.map((bounty) => (
            <Row key={bountyKey(bounty)} bounty={bounty} ofOne={ofOne} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

const Row = memo(function Row({ bounty: b, ofOne }: { bounty: Bounty; ofOne: boolean }) {
  const { zone } = usePrefs();
  return (
    <tr>
      {!ofOne && (
        <td data-label="First seen" className="mono nowrap">
          <time dateTime={b.first_seen} title={hostileTitle(stamp(b.first_seen, zone))}>
            {minuteStamp(b.first_seen, zone)}
          </time>
        </td>
      )}
      {!ofOne && (
        <td data-label="Attacker" className="mono">
          <AttackerLink id={b.attacker} address={addressOf(b.attacker)} />
        </td>
      )}
      <td data-label="Type" className="dim">
        <Hostile value={b.type} max={40} />
      </td>
      <td data-label="Name" className="dim nowrap">
        <Hostile value={b.name} max={64} />
      </td>
      <td data-label="Value" className="mono wrap" title={hostileTitle(b.value)}>
        <Hostile value={b.value} max={300} />
      </td>
      <td data-label="From" className="dim">
        <span>
          <Hostile value={b.decky} max={63} /> <Hostile value={b.service} max={63} />
        </span>
      </td>
      <td data-label="Events" className="number">
        {count(b.count)}
      </td>
    </tr>
  );
});
