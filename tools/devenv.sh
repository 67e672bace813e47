#!/usr/bin/env bash
# Prints the variables of docker-compose.dev.yml, with secrets of its own.
set -euo pipefail

# It begins with a letter, since the NATS server takes what looks like a number for one.
secret() { echo "s$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')"; }

cat <<EOF
# Secrets of "make dev" on this machine. PostgreSQL and the API take theirs at the
# first start: after changing one, "make dev-down ARGS=-v" forgets all data.
DECNET_BUS_TOKEN=$(secret)
DECNET_DB_PASSWORD=$(secret)
DECNET_ADMIN_PASSWORD=$(secret)

# For the command line on this machine: set -a; . ./.env.dev; set +a
DECNET_BUS_URL=nats://127.0.0.1:4222
DECNET_HOST=dev
EOF
