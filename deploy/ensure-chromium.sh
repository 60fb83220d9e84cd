#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs one. Nothing is printed when one is there.
set -u
for each in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  [ -n "$each" ] && command -v "$each" >/dev/null 2>&1 && exit 0
done
sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests."
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium >/dev/null && exit 0
fi
.venv/bin/playwright install chromium && exit 0
echo "No Chromium was found and none could be installed: install it, or set CHROMIUM to its path. Browser tests will not run." >&2
[ "${CI:-}" != true ]
