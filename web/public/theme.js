// Runs before the first paint, so that a chosen theme does not flash the other
// one. A file of its own because the content security policy allows no inline script.
try {
  const { theme } = JSON.parse(localStorage.getItem("decnet.prefs") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is off or holds something foreign: the system's theme it is.
}
