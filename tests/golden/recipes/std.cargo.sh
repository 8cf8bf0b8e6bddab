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
_need_network() {
  if [ -e /proc/net/route ] && [ "$(wc -l </proc/net/route)" -le 1 ]; then
    echo "$1 has to fetch dependencies, and this build has no network" >&2
    echo "hint: put the dependencies into the source, or set network = true in the package" >&2
    exit 1
  fi
}
_folder=$(dirname -- cli/Cargo.toml )
export CARGO_HOME="$TMPDIR/cargo"
_cargo=(install --no-track --root "$OUTPUT" --path "$_folder")
if [ -d "$_folder/vendor" ]; then
  _cargo+=(--offline --config 'source.crates-io.replace-with="vendored-sources"')
  _cargo+=(--config "source.vendored-sources.directory='$PWD/$_folder/vendor'")
elif grep -qs '^source = ' "$_folder/Cargo.lock"; then
  _need_network cargo
else
  _cargo+=(--offline)
fi
cargo "${_cargo[@]}" --locked --no-default-features --features a --features b --bin x
mv -T -- "$OUTPUT"/bin/x "$OUTPUT"/bin/'y z'
