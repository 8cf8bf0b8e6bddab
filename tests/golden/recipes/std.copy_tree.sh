set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
_dest=$OUTPUT/'share/a b'
mkdir -p -- "$_dest"
shopt -s dotglob failglob
cp -a -- *.txt 'a b/'[0-9]? "$_dest"/
shopt -u dotglob failglob
