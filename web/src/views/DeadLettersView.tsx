import { useCallback, useState } from "react";
import { listDeadLetters } from "../api/client";
import type { DeadLetter } from "../api/types";
import { Hostile, HostileBlock } from "../components/Hostile";
import { Empty, Failure, Loading } from "../components/Notice";
import { Panel } from "../components/Panel";
import { ScrollBox } from "../components/ScrollBox";
import { decodeBody } from "../lib/base64";
import { count, plural } from "../lib/format";
import { minuteStamp } from "../lib/time";
import { useTitle } from "../lib/title";
import { usePrefs } from "../state/prefs";
import { useResource } from "../state/resource";

const LIMIT = 200;
const POLL_MS = 15_000;

export function DeadLettersView() {
  useTitle("Dead letters");
  const load = useCallback((signal: AbortSignal) => listDeadLetters(LIMIT, signal), []);
  const { data, error, loading, reload } = useResource(load, POLL_MS);
  return (
    <div className="page">
      <h1 className="sr-only">Dead letters</h1>
      <Panel title="Dead letters" tally={data && count(data.length)}>
        <p className="panel-intro">
          Messages that no retry could handle, with the reason. They are kept whole and can be
          handled again once the cause is mended.
        </p>
        {error && <Failure error={error} onRetry={reload} />}
        {loading && <Loading />}
        {data?.length === 0 && <Empty title="None. Every message was handled." />}
        {data && data.length > 0 && <Table letters={data} />}
        {data && data.length >= LIMIT && <p className="rows-end">The latest {LIMIT}</p>}
      </Panel>
    </div>
  );
}

function Table({ letters }: { letters: DeadLetter[] }) {
  const [open, setOpen] = useState<string>();
  return (
    <ScrollBox label="Table of dead letters">
      <table className="roomy">
        <thead>
          <tr>
            <th>Time</th>
            <th>Stream → consumer</th>
            <th>Subject</th>
            <th>Reason</th>
            <th className="number">Attempts</th>
            <th>
              <span className="sr-only">Body</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <Letter
              key={letter.id}
              letter={letter}
              open={open === letter.id}
              onToggle={() => setOpen(open === letter.id ? undefined : letter.id)}
            />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface LetterProps {
  letter: DeadLetter;
  open: boolean;
  onToggle: () => void;
}

function Letter({ letter, open, onToggle }: LetterProps) {
  const { zone } = usePrefs();
  return (
    <>
      <tr>
        <td data-label="Time" className="mono nowrap">
          {minuteStamp(letter.time, zone)}
        </td>
        <td data-label="Stream" className="nowrap">
          <span>
            {letter.stream} <span className="dim">→ {letter.consumer}</span>
          </span>
        </td>
        <td data-label="Subject" className="mono wrap">
          <Hostile value={letter.subject} />
        </td>
        <td data-label="Reason" className="wrap">
          <Hostile value={letter.reason} max={400} />
        </td>
        <td data-label="Attempts" className="number">
          {count(letter.attempts)}
        </td>
        <td>
          <button type="button" className="button small" aria-expanded={open} onClick={onToggle}>
            {open ? "Hide body" : "Show body"}
          </button>
        </td>
      </tr>
      {open && (
        <tr className="letter-open">
          <td colSpan={6}>
            <Content letter={letter} />
          </td>
        </tr>
      )}
    </>
  );
}

function Content({ letter }: { letter: DeadLetter }) {
  const body = decodeBody(letter.body_b64);
  const headers = Object.entries(letter.headers ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <dl className="facts">
        <dt>Id</dt>
        <dd className="mono">
          <Hostile value={letter.id} />
        </dd>
        {headers.map(([name, values]) => (
          <div key={name} className="facts-pair">
            <dt>
              <Hostile value={name} max={80} />
            </dt>
            <dd className="mono wrap">
              <Hostile value={values.join(", ")} max={1000} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="dim">
        {plural(body.size, "byte")}
        {body.binary && ", no UTF-8 text: shown in hexadecimal"}
      </p>
      {body.binary ? (
        // A dump is made of digits and printable ASCII, and its line breaks are ours.
        <pre className="block">{body.text}</pre>
      ) : (
        <HostileBlock value={body.text} />
      )}
    </>
  );
}
