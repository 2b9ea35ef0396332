#!/usr/bin/env bash
# Has docs/asyncapi.yaml read by the AsyncAPI Initiative's parser, where Node and the parser can be had; says so in one
# line where not, and ends 0. The parser is installed once, outside the repository: XDG_CACHE_HOME, else ~/.cache.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
document=$(realpath "${1:-$here/../../../docs/asyncapi.yaml}")
wait_s=180

not_validated() {
  echo "$(basename "$document") was not validated: $1"
  exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || not_validated "Node and npm are not here (18 or newer)"
major=$(node --print 'process.versions.node.split(".")[0]')
((major >= 18)) || not_validated "Node $major is too old (18 or newer)"

cd "$here"
lock=$(cat package.json package-lock.json .npmrc | sha256sum | cut -c -16)
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
installed=$cache/lang-nghe/asyncapi-$lock
if [[ ! -d $installed ]]; then
  [[ -n $cache ]] && mkdir -p "$cache/lang-nghe" 2>/dev/null || not_validated "no cache folder: set XDG_CACHE_HOME"
  fresh=$(mktemp -d "$installed.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  cp package.json package-lock.json .npmrc "$fresh"
  if ! (cd "$fresh" && timeout "$wait_s" npm ci) >"$fresh/npm.txt" 2>&1; then
    # What the lock itself is to blame for is our fault, not the network's.
    if grep -qE '\b(EINTEGRITY|EUSAGE)\b' "$fresh/npm.txt"; then
      grep -E '^npm err' "$fresh/npm.txt" -i | head -n 5 >&2
      echo "package-lock.json of tests/contracts/asyncapi cannot be installed" >&2
      exit 1
    fi
    why=$(grep -oE '\bcode E[A-Z0-9_]+' "$fresh/npm.txt" | head -n 1 || true)
    not_validated "npm could not fetch the parser (${why:-no answer within $wait_s s})"
  fi
  # Whoever was first at the same moment has put the same thing there.
  mv -T "$fresh" "$installed" 2>/dev/null || true
fi
node validate.mjs "$installed" "$document"
