set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
_gems=(*.gem)
if [ ! -e "${_gems[0]}" ]; then
  gem build --quiet ./*.gemspec
  _gems=(*.gem)
fi
_gem=${_gems[0]}
_home=$OUTPUT/lib/ruby/gems
gem install --local --no-document --ignore-dependencies --install-dir "$_home" \
  --bindir "$_home/bin" "$_gem"
_launcher() {
  mkdir -p "$OUTPUT/bin"
  printf '%s\n' '#!/bin/sh' "export GEM_PATH=$_path" \
    "exec $(command -v ruby) $_home/bin/$1 \"\$@\"" >"$OUTPUT/bin/$1"
  chmod 755 "$OUTPUT/bin/$1"
}
_path=$_home
_path+=:/store/Zlib/lib/ruby/gems
_launcher hi
