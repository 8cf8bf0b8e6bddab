set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
make PREFIX="$OUTPUT" PREFIX="$OUTPUT" 'A=$HOME' all docs
make PREFIX="$OUTPUT" PREFIX="$OUTPUT" 'A=$HOME' install
