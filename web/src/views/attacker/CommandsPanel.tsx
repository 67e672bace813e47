import { memo } from "react";
import type { Profile } from "../../api/types";
import { Hostile } from "../../components/Hostile";
import { Empty } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { ScrollBox } from "../../components/ScrollBox";
import { count } from "../../lib/format";
import { clockTime, dayTime, sameDay, stamp } from "../../lib/time";
import { usePrefs } from "../../state/prefs";

export const CommandsPanel = memo(function CommandsPanel({ profile }: { profile: Profile }) {
  const { zone } = usePrefs();
  const { commands, command_count: total } = profile;
  const first = commands[0];
  const oneDay = first !== undefined && sameDay(first.time, profile.last_seen, zone);
  return (
    <Panel title="Commands" tally={count(total)}>
      {total > commands.length && (
        <p className="rows-end">
          The latest {count(commands.length)} of {count(total)}; the timeline has all
        </p>
      )}
      {commands.length === 0 ? (
        <Empty title="None run" />
      ) : (
        <ScrollBox label="Commands in order">
          <ol className="command-list">
            {commands.map((c) => (
              <li key={c.event}>
                <time dateTime={c.time} title={stamp(c.time, zone)}>
                  {oneDay ? clockTime(c.time, zone) : dayTime(c.time, zone)}
                </time>
                <span className="dim cell">
                  <Hostile value={c.decky} max={63} />
                </span>
                <code className="wrap">
                  <Hostile value={c.command} max={400} />
                </code>
              </li>
            ))}
          </ol>
        </ScrollBox>
      )}
    </Panel>
  );
});
