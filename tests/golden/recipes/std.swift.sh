set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
swift build --disable-sandbox --configuration release -Xcc -O2
_built=$(swift build --show-bin-path --disable-sandbox --configuration release -Xcc -O2 )
install -D -m 755 -- "$_built"/hello "$OUTPUT"/bin/hello
