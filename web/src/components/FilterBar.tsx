import { type EventFilter, isFiltered } from "../lib/filter";
import { Hostile, hostileTitle } from "./Hostile";

interface Props {
  filter: EventFilter;
  onChange: (change: Partial<EventFilter>) => void;
  deckies: string[];
  services: string[];
  kinds: string[];
}

const CLEARED = { decky: "", service: "", kind: "", session: "" };

/** Narrows a list of events. */
export function FilterBar({ filter, onChange, deckies, services, kinds }: Props) {
  return (
    <div className="filters">
      <Choice
        label="Decky"
        all="All deckies"
        value={filter.decky}
        options={deckies}
        onChange={(decky) => onChange({ decky })}
      />
      <Choice
        label="Service"
        all="All services"
        value={filter.service}
        options={services}
        onChange={(service) => onChange({ service })}
      />
      <Choice
        label="Kind"
        all="All kinds"
        value={filter.kind}
        options={kinds}
        onChange={(kind) => onChange({ kind })}
      />
      {filter.session && (
        <span className="filter-session mono">
          session <Hostile value={filter.session} max={24} />
        </span>
      )}
      {isFiltered(filter) && (
        <button type="button" className="link" onClick={() => onChange(CLEARED)}>
          Clear
        </button>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string | undefined;
  options: string[];
  onChange: (value: string) => void;
}

function Choice({ label, all, value = "", options, onChange }: ChoiceProps) {
  // A filter from a shared address may name what is not in the list (any more).
  const listed = value === "" || options.includes(value) ? options : [value, ...options];
  return (
    <select
      aria-label={label}
      className={value ? "select active" : "select"}
      value={value}
      onChange={(change) => onChange(change.target.value)}
    >
      <option value="">{all}</option>
      {listed.map((option) => (
        <option key={option} value={option}>
          {hostileTitle(option)}
        </option>
      ))}
    </select>
  );
}
