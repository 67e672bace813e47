import type { DeckyState } from "../api/types";
import { Ago } from "../components/Ago";
import { Empty, Loading } from "../components/Notice";
import { Panel } from "../components/Panel";
import { ScrollBox } from "../components/ScrollBox";
import { ServiceAddress } from "../components/ServiceAddress";
import { StatusDot } from "../components/StatusDot";
import { count } from "../lib/format";
import { useTitle } from "../lib/title";
import { useLive } from "../state/liveContext";
import { useStore } from "../state/store";

export function DeckiesView() {
  useTitle("Deckies");
  const { items, loaded } = useStore(useLive().fleet);
  const ready = items.filter((d) => d.phase === "ready").length;
  return (
    <div className="page">
      <h1 className="sr-only">Deckies</h1>
      <Panel title="Deckies" tally={`${count(ready)} of ${count(items.length)} ready`}>
        {!loaded ? <Loading /> : items.length === 0 ? <NoDeckies /> : <Table deckies={items} />}
      </Panel>
    </div>
  );
}

function NoDeckies() {
  return (
    <Empty title="No deckies yet">
      <p>
        <code>decnet up</code> starts a first fleet on this machine.
      </p>
    </Empty>
  );
}

function Table({ deckies }: { deckies: DeckyState[] }) {
  return (
    <ScrollBox label="Table of deckies">
      <table className="roomy">
        <thead>
          <tr>
            <th>Phase</th>
            <th>Name</th>
            <th>Claims to be</th>
            <th>Address</th>
            <th>Services</th>
            <th>Host</th>
            <th>Reported</th>
          </tr>
        </thead>
        <tbody>
          {deckies.map((decky) => (
            <tr key={decky.name}>
              <td data-label="Phase">
                <StatusDot status={decky.phase} />
              </td>
              <td data-label="Name">
                <div>
                  <strong>{decky.name}</strong>
                  {decky.reason && <p className="reason">{decky.reason}</p>}
                </div>
              </td>
              <td data-label="Claims to be">
                <div>
                  {decky.hostname}
                  <div className="dim">{decky.os}</div>
                </div>
              </td>
              <td data-label="Address" className="mono">
                {decky.address}
              </td>
              <td data-label="Services">
                <Services decky={decky} />
              </td>
              <td data-label="Host">
                <div>
                  {decky.host}
                  <div className="dim">{decky.driver}</div>
                </div>
              </td>
              <td data-label="Reported" className="dim">
                <Ago time={decky.time} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Services({ decky }: { decky: DeckyState }) {
  // Most notes are the same for all services of a decky; each is told once.
  const notes = new Set(decky.services.flatMap((service) => service.note ?? []));
  return (
    <div>
      {decky.services.map((service) => (
        <ServiceAddress
          key={`${service.slug} ${service.transport} ${service.port}`}
          service={service}
        />
      ))}
      {[...notes].map((note) => (
        <p key={note} className="dim note">
          {note}
        </p>
      ))}
    </div>
  );
}
