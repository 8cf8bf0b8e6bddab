set -eu
if [ ! -e Cargo.toml ]; then
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
fi
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
_folder=$(dirname -- cli/Cargo.toml )
_wants_dependencies() {
  if [ -e "$_folder/Cargo.lock" ] || [ -e Cargo.lock ]; then
    grep -qs '^source = ' "$_folder/Cargo.lock" Cargo.lock
  else
    cargo metadata --no-deps --format-version 1 "--manifest-path=$_folder/Cargo.toml" >/dev/null &&
      ! cargo generate-lockfile "--manifest-path=$_folder/Cargo.toml"
  fi
}
_git_sources() {
  cat "$_folder/Cargo.lock" Cargo.lock 2>/dev/null |
    sed -n 's/^source = "git+\([^#"]*\).*/\1/p' | sort -u |
    while IFS= read -r _url; do
      echo "[source.'git+$_url']"
      echo "git = '${_url%%\?*}'"
      case $_url in *\?*=*) _query=${_url#*\?}; echo "${_query%%=*} = '${_query#*=}'" ;; esac
      echo "replace-with = 'vendored'"
    done
}
export CARGO_HOME="$TMPDIR/cargo" CARGO_NET_OFFLINE=true
export CARGO_BUILD_JOBS="${PUNIX_BUILD_CORES:-1}"
_cargo=(install --no-track --root "$OUTPUT" --path "$_folder")
_vendor=${VENDOR:-$PWD/$_folder/vendor}
if [ -d "$_vendor" ]; then
  mkdir -p "$CARGO_HOME"
  printf '%s\n' '[source.crates-io]' 'replace-with = "vendored"' \
    '[source.vendored]' "directory = '$_vendor'" >"$CARGO_HOME/config.toml"
  _git_sources >>"$CARGO_HOME/config.toml"
elif _wants_dependencies; then
  _need_network cargo
  CARGO_NET_OFFLINE=false
fi
cargo "${_cargo[@]}" --locked --no-default-features --features a --features b --bin x
mv -T -- "$OUTPUT"/bin/x "$OUTPUT"/bin/'y z'
