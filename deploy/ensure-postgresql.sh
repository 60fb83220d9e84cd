#!/usr/bin/env bash
# Finds PostgreSQL's server programs for the tests, or installs them. Nothing is printed when they are there.
set -u
works() { [ -x "$1/postgres" ] && [ -x "$1/initdb" ] && "$1/postgres" --version >/dev/null 2>&1; }
for each in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /none/postgres)")"; do works "$each" && exit 0; done
sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
  echo "Installing PostgreSQL for the tests."
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq postgresql >/dev/null && exit 0
fi
echo "No PostgreSQL server was found and none could be installed: its tests will not run." >&2
[ "${CI:-}" != true ]
