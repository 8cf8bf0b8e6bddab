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
_pip=(--disable-pip-version-check --no-cache-dir --no-compile)
if [ -n "${VENDOR-}" ] || [ -n "$(find . -maxdepth 1 -name '*.whl')" ]; then
  _pip+=(--no-index --find-links "${VENDOR-.}")
else
  _need_network pip
fi
python3 -m venv --without-pip "$OUTPUT"
_modules=(/store/Zlib/lib/python*/site-packages)
export PYTHONPATH="${_modules[0]}"
python3 -m pip --python "$OUTPUT/bin/python" install "${_pip[@]}" --no-deps -- a==1 b
