import { type FormEvent, useState } from "react";
import { ThemeToggle } from "../components/TopBar";
import { useTitle } from "../lib/title";
import { signIn } from "../state/session";

export function LoginView() {
  useTitle("Sign in");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    try {
      await signIn(String(form.get("username")), String(form.get("password")));
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <main className="login">
      <div className="login-theme">
        <ThemeToggle />
      </div>
      <form className="login-card" onSubmit={(event) => void submit(event)}>
        <img src="/favicon.svg" alt="" width="36" height="36" />
        <h1>Sign in to DECNET</h1>
        <label>
          Username
          <input name="username" autoComplete="username" defaultValue="admin" required />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            // biome-ignore lint/a11y/noAutofocus: it is the one thing to do on this page
            autoFocus
            required
          />
        </label>
        {error && (
          <p className="login-error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
        <p className="hint">
          On the first run the password was printed in the terminal. It also lies in{" "}
          <code>&lt;data-dir&gt;/initial-admin-password</code>.
        </p>
      </form>
    </main>
  );
}
