set -eu
if [ ! -e go.mod ]; then
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
cd -- src
export CGO_ENABLED=0 GOWORK=off
export GOPATH="$TMPDIR/go" GOCACHE="$TMPDIR/go-cache" GOTOOLCHAIN=local
export GOFLAGS="-buildvcs=false -p=${PUNIX_BUILD_CORES:-1}"
if [ -e "${VENDOR-}/modules.txt" ]; then
  rm -rf vendor
  cp -R "$VENDOR" vendor
elif [ -n "${VENDOR-}" ]; then
  export GOPROXY="file://$VENDOR/cache/download" GOSUMDB=off
elif [ -s go.sum ] && [ ! -d vendor ]; then
  _need_network go
fi
mkdir -p "$OUTPUT/bin"
go build -trimpath '-ldflags=-s -w' -tags=a,b -o "$OUTPUT"/bin/x ./cmd/x
