import { memo } from "react";
import type { CredentialUse, Profile } from "../../api/types";
import { Verdict } from "../../components/EventSummary";
import { Hostile, hostileTitle } from "../../components/Hostile";
import { Empty } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { ScrollBox } from "../../components/ScrollBox";
import { count } from "../../lib/format";

export const CredentialsPanel = memo(function CredentialsPanel({ profile }: { profile: Profile }) {
  const { credentials, credential_count: total } = profile;
  return (
    <Panel title="Credentials" tally={count(total)}>
      {credentials.length === 0 ? (
        <Empty title="None tried" />
      ) : (
        <ScrollBox label="Credentials, in the order of their first try">
          <table>
            <thead>
              <tr>
                <th>Service</th>
                <th>Principal</th>
                <th>Secret</th>
                <th>Kind</th>
                <th className="number">Attempts</th>
                <th>Result</th>
              </tr>
            </thead>
            <tbody>
              {credentials.map((c) => (
                <Row key={c.event} credential={c} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {total > credentials.length && (
        <p className="rows-end">
          The first {count(credentials.length)} of {count(total)}; the timeline has all
        </p>
      )}
    </Panel>
  );
});

function Row({ credential: c }: { credential: CredentialUse }) {
  return (
    <tr>
      <td className="dim">
        <Hostile value={c.service} max={63} />
      </td>
      <td className="mono wrap" title={hostileTitle(c.principal)}>
        <Hostile value={c.principal} max={120} />
      </td>
      <td className="mono wrap" title={hostileTitle(c.secret)}>
        <Hostile value={c.secret} max={200} />
      </td>
      <td className="dim">
        <Hostile value={c.kind} max={40} />
      </td>
      <td className="number">{count(c.attempts)}</td>
      <td>
        <Verdict accepted={c.accepted} />
      </td>
    </tr>
  );
}
