#!/usr/bin/env bash
# Known holes in the packages that we ship (pip-audit). Where its service cannot say, that is said, and stops nothing.
set -uo pipefail
cd "$(dirname "$0")/.."
found=$(timeout 120 "$1" -m pip_audit -f json --progress-spinner off --disable-pip --require-hashes -r requirements.txt 2>/dev/null)
"$1" - "$found" <<'PYTHON'
import json, sys

try:
    packages = json.loads(sys.argv[1])["dependencies"]
except ValueError:
    packages = []
known = [each for each in packages if "vulns" in each]
holes = [f"{each['name']} {each['version']}: {hole['id']}, mended in {hole['fix_versions']}" for each in known for hole in each["vulns"]]
if not known:
    print("pip-audit: SKIPPED, the service that knows of holes in packages cannot be reached from here")
else:
    print(f"pip-audit: {len(known)} packages looked up, {len(packages) - len(known)} not known to the service, {len(holes)} holes")
print(*holes, sep="\n", end="\n" if holes else "")
sys.exit(bool(holes))
PYTHON
