import { memo, useState } from "react";
import { clip, segments, visible } from "../lib/escape";
import { count } from "../lib/format";

// Every string that an attacker may have chosen is shown through one of these.
// They make text nodes and nothing else, spell out what cannot be seen, bound
// what is drawn, and isolate the direction of the text from what stands beside it.

interface LineProps {
  value: string;
  /** Characters shown; a row has no room for more. */
  max?: number;
}

/** A hostile value in a line of other text. */
export const Hostile = memo(function Hostile({ value, max = 240 }: LineProps) {
  return (
    <bdi className="hostile">
      <Segments value={clip(value, max)} />
      {value.length > max && <span className="clipped">…</span>}
    </bdi>
  );
});

/** Characters shown before anyone asks for more, and how much more each time. */
const FIRST = 2000;
const GROWTH = 16;

/** A hostile value in a block of its own: all of it can be read, step by step. */
export function HostileBlock({ value }: { value: string }) {
  const [max, setMax] = useState(FIRST);
  return (
    <div className="hostile-block">
      <pre className="block">
        <bdi className="hostile">
          <Segments value={clip(value, max)} breaks />
        </bdi>
      </pre>
      {value.length > max && (
        <button type="button" className="link" onClick={() => setMax(max * GROWTH)}>
          Show more ({count(max)} of {count(value.length)} characters)
        </button>
      )}
    </div>
  );
}

function Segments({ value, breaks = false }: { value: string; breaks?: boolean }) {
  return segments(value).map((segment, i) =>
    segment.escaped ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the segments of a value never move
      <span key={i} className="unseen">
        {segment.text}
        {breaks && segment.text.endsWith("\\n") && "\n"}
      </span>
    ) : (
      segment.text
    ),
  );
}

/** For a title attribute: one visible, bounded string. */
export function hostileTitle(value: string): string {
  return visible(clip(value, 500));
}
