import { useEffect } from "react";
import { Route, Switch } from "wouter";
import { ErrorBoundary } from "./components/ErrorBoundary";
import { Failure, Loading } from "./components/Notice";
import { TopBar } from "./components/TopBar";
import { LiveProvider } from "./state/liveContext";
import { checkSession, useSession } from "./state/session";
import { AttackerView } from "./views/AttackerView";
import { BountiesView } from "./views/BountiesView";
import { DeadLettersView } from "./views/DeadLettersView";
import { DeckiesView } from "./views/DeckiesView";
import { LoginView } from "./views/LoginView";
import { NotFoundView } from "./views/NotFoundView";
import { OverviewView } from "./views/OverviewView";

export function App() {
  const session = useSession();
  useEffect(() => void checkSession(), []);

  switch (session.status) {
    case "loading":
      return <Loading />;
    case "unreachable":
      return <Failure error={new Error(session.reason)} onRetry={() => void checkSession()} />;
    case "out":
      // In place of the page that was asked for, so that its address is kept.
      return <LoginView />;
    case "in":
      return (
        <LiveProvider>
          <a className="skip" href="#main">
            Skip to the content
          </a>
          <TopBar username={session.user.username} />
          <main id="main" tabIndex={-1}>
            <ErrorBoundary>
              <Views />
            </ErrorBoundary>
          </main>
        </LiveProvider>
      );
  }
}

/** A new view is a file in views/ and a line here. */
function Views() {
  return (
    <Switch>
      <Route path="/" component={OverviewView} />
      <Route path="/attackers/:id">{({ id }) => <AttackerView key={id} id={id} />}</Route>
      <Route path="/bounties" component={BountiesView} />
      <Route path="/deckies" component={DeckiesView} />
      <Route path="/dead-letters" component={DeadLettersView} />
      <Route component={NotFoundView} />
    </Switch>
  );
}
