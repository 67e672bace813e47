import type { ServiceState } from "../api/types";
import { hostPort } from "../lib/format";
import { CopyButton } from "./CopyButton";

/** Where a service of a decky answers, ready to be copied. */
export function ServiceAddress({ service }: { service: ServiceState }) {
  const where = hostPort(service.address, service.port);
  const shifted = service.wanted_port && service.wanted_port !== service.port;
  const note = [
    !service.up && "down",
    shifted && `port shifted from ${service.wanted_port}`,
    service.note,
  ].filter(Boolean);
  return (
    <span className={service.up ? "service" : "service down"}>
      <span className="service-slug">{service.slug}</span>
      <span className="mono">{where}</span>
      {service.transport === "udp" && <span className="dim">udp</span>}
      <CopyButton text={where} label={`Copy ${where}`} />
      {note.length > 0 && (
        <span className="service-note" title={note.join("; ")}>
          {shifted && service.up ? `for ${service.wanted_port}` : note[0]}
        </span>
      )}
    </span>
  );
}
