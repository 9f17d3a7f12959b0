#!/bin/sh
# Makes the secrets and the folders for weights and pictures that docker-compose.yml names, once; what is there stays as it is.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
random() { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }
for name in postgres_password qdrant_key vllm_key grafana_password; do
  [ -s "secrets/$name" ] || random >"secrets/$name"
done
[ -s secrets/database_url ] ||
  printf 'postgresql://aisle:%s@postgres/aisle' "$(cat secrets/postgres_password)" >secrets/database_url
# The folder is its owner's alone; inside the containers each file is read by a user who is not root.
chmod 0444 secrets/*
mkdir -p models && chmod 1777 models
mkdir -p photos && chmod 0755 photos
echo "secrets/, models/ and photos/ are ready. Keep secrets/ out of backups that others read."
