#!/usr/bin/env bash
# The tutorial, end to end, on scratch folders: each command as a person would type it, then its output.
set -euo pipefail
cd "$(dirname "$0")"

scratch=$(mktemp -d)
# Store entries are read-only, so that they must be made writable before they can go.
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
store=$scratch/store
deploys=$scratch/deploys
target=$deploys/.dry-run
export PUNIX_CACHE_DIR=$scratch/cache

step() { printf '\n# %s\n' "$*"; }
run() {
    local line=$* option=$' \\\n    --'
    printf '$ %s\n' "${line// --/$option}"
    "$@"
}

step "One package and one stack:"
run cat hello.pcl

step "Is it sound?"
run uv run punix check hello.pcl

deploy=(uv run punix service deploy HelloStack --file hello.pcl --dry-run
    --store-root "$store" --deployments-root "$deploys")

step "Build it and deploy it, below a scratch folder instead of /:"
run "${deploy[@]}"

step "What would be in /etc:"
run ls "$target/etc/" "$target/etc/systemd/system/"
run cat "$target/etc/systemd/system/hello.service"

step "Deploy again: every deploy is a generation of its own."
run "${deploy[@]}"

step "Roll back:"
run uv run punix service rollback HelloStack \
    --store-root "$store" --deployments-root "$deploys" --transport-root "$target"
run readlink "$target$deploys/HelloStack/current"

step "Generation 2 is still there, to be deployed again:"
run ls "$target$deploys/HelloStack/"

step "Both generations keep what they use:"
run uv run punix store gc --store-root "$store" --deployments-root "$deploys"
run ls "$store"
