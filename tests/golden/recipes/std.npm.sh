set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
if [ -n "${VENDOR-}" ]; then
  case $(ls -A "$VENDOR") in
    vendor | node_modules | wheels) VENDOR+=/$(ls -A "$VENDOR") ;;
  esac
fi
_need_network() {
  if [ -e /proc/net/route ] && [ "$(wc -l </proc/net/route)" -le 1 ]; then
    echo "$1 has to fetch dependencies, and this build has no network" >&2
    echo "hint: give them as the package's vendor source, or set network = true in it" >&2
    exit 1
  fi
}
_wants_dependencies() {
  node -e 'const given = require("./package.json"), scripts = given.scripts || {};
    const some = (table) => Object.keys(table || {}).length > 0;
    const builds = scripts.prepare || scripts.prepack;
    process.exit(some(given.dependencies) || (builds && some(given.devDependencies)) ? 0 : 1)'
}
export npm_config_cache="$TMPDIR/npm" npm_config_update_notifier=false
export npm_config_audit=false npm_config_fund=false npm_config_offline=true
if [ -n "$(find "${VENDOR:-/dev/null}" -maxdepth 1 -name '*.tgz')" ]; then
  npm pkg delete devDependencies
  npm install --no-save --no-package-lock --ignore-scripts -- "$VENDOR"/*.tgz
elif [ -n "${VENDOR-}" ]; then
  rm -rf node_modules
  mkdir node_modules
  cp -R "$VENDOR"/. node_modules
elif [ ! -d node_modules ] && _wants_dependencies; then
  _need_network npm
  export npm_config_offline=false
  if [ -f package-lock.json ]; then npm ci; else npm install; fi
fi
echo
node -e 'const fs = require("fs"), given = require("./package.json");
  const names = { ...given.dependencies, ...given.optionalDependencies };
  given.bundleDependencies = Object.keys(names).filter((name) =>
    fs.existsSync("node_modules/" + name));
  fs.writeFileSync("package.json", JSON.stringify(given, null, 2));'
_pack=$(npm pack --silent --ignore-scripts | tail -n 1)
npm install --global --prefix "$OUTPUT" --ignore-scripts "./$_pack"
