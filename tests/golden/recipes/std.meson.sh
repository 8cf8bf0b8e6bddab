set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
printf '%s\n' '[built-in options]' "buildtype = 'release'" "libdir = 'lib'" \
  "wrap_mode = 'nodownload'" >"$TMPDIR/meson.ini"
export LDFLAGS="-Wl,-rpath,$OUTPUT/lib ${LDFLAGS-}"
meson setup --prefix="$OUTPUT" --native-file="$TMPDIR/meson.ini" -Dx=1 '-Dy=a b' -- build
meson compile --jobs "${PUNIX_BUILD_CORES:-1}" -C build
meson install --no-rebuild -C build
