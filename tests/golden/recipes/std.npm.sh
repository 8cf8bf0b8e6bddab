set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
_need_network() {
  if [ -e /proc/net/route ] && [ "$(wc -l </proc/net/route)" -le 1 ]; then
    echo "$1 has to fetch dependencies, and this build has no network" >&2
    echo "hint: put the dependencies into the source, or set network = true in the package" >&2
    exit 1
  fi
}
export npm_config_cache="$TMPDIR/npm" npm_config_update_notifier=false
export npm_config_audit=false npm_config_fund=false
_npm=(--global --prefix "$OUTPUT")
if node -e 'const p = require("./package.json");
    process.exit(Object.keys(p.dependencies || {}).length ? 0 : 1)'; then
  _need_network npm
else
  _npm+=(--offline)
fi
echo
_pack=$(npm pack --silent --ignore-scripts | tail -n 1)
npm install "${_npm[@]}" --ignore-scripts "./$_pack"
