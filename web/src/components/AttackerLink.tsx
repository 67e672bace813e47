import { Link } from "wouter";
import { attackerPath } from "../lib/paths";
import { Hostile, hostileTitle } from "./Hostile";

interface Props {
  id: string | undefined;
  address: string | undefined;
}

/** An attacker's address, leading to the attacker's page if the id is a real one. */
export function AttackerLink({ id, address }: Props) {
  if (!address) return <span className="dim">–</span>;
  const path = attackerPath(id);
  const text = <Hostile value={address} max={64} />;
  if (!path) return text;
  return (
    <Link href={path} className="address" title={hostileTitle(address)}>
      {text}
    </Link>
  );
}
