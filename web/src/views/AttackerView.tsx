import { Link } from "wouter";
import { ApiError } from "../api/http";
import { Icon } from "../components/Icon";
import { Empty, Failure, Loading } from "../components/Notice";
import { isAttackerId } from "../lib/paths";
import { useTitle } from "../lib/title";
import { useProfile } from "../state/profile";
import { BountiesPanel } from "./attacker/BountiesPanel";
import { CommandsPanel } from "./attacker/CommandsPanel";
import { CredentialsPanel } from "./attacker/CredentialsPanel";
import { ProfileHead } from "./attacker/ProfileHead";
import { TimelinePanel } from "./attacker/TimelinePanel";

export function AttackerView({ id }: { id: string }) {
  return (
    <div className="page attacker">
      <p className="crumb">
        <Link href="/">
          <Icon name="back" />
          Overview
        </Link>
      </p>
      {isAttackerId(id) ? <Attacker id={id} /> : <Unknown />}
    </div>
  );
}

function Attacker({ id }: { id: string }) {
  const { profile, error } = useProfile(id);
  useTitle(profile?.address ?? "Attacker");

  if (!profile) {
    if (error instanceof ApiError && error.status === 404) return <Unknown />;
    return error ? <Failure error={error} /> : <Loading />;
  }
  return (
    <>
      <ProfileHead profile={profile} />
      <div className="attacker-main">
        <TimelinePanel profile={profile} />
        <div className="attacker-side">
          <CredentialsPanel profile={profile} />
          <BountiesPanel attacker={profile.attacker} />
          <CommandsPanel profile={profile} />
        </div>
      </div>
    </>
  );
}

function Unknown() {
  useTitle("Unknown attacker");
  return (
    <>
      <h1 className="sr-only">Unknown attacker</h1>
      <Empty title="No such attacker">
        <p>Nobody with this address has touched a decky.</p>
      </Empty>
    </>
  );
}
