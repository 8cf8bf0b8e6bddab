set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
_python=$(command -v python3)
_lib=lib/$("$_python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')/site-packages
_site=$OUTPUT/$_lib
mkdir -p "$_site"
_path=$_site
_path+=:/store/Zlib/$_lib
_path+=:/store/Zlib/$_lib
_find="import site, sys; sys.path[:0] = paths = '$_path'.split(':')"
_find+="; [site.addsitedir(path) for path in paths]"
_launcher() {
  mkdir -p "$OUTPUT/bin"
  printf '%s\n' "#!$_python" "$_find" "from $2 import ${3%%.*} as found" \
    "sys.exit(found${3#"${3%%.*}"}())" >"$OUTPUT/bin/$1"
  chmod 755 "$OUTPUT/bin/$1"
}
cp -R -- hello "$_site"/
printf %s 'x
' >"$_site"/a.pth
_launcher hi hello.main run
