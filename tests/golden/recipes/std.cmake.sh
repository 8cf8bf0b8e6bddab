set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
if ! command -v patchelf >/dev/null; then
  echo "rpath = true needs patchelf, and this build has none" >&2
  echo "hint: install it (apt-get install patchelf), or put a package of it into deps" >&2
  exit 1
fi
cmake -S . -B 'out dir' -DCMAKE_BUILD_TYPE=Debug -DCMAKE_INSTALL_PREFIX="$OUTPUT" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_RPATH="$OUTPUT/lib" -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON -DCMAKE_INSTALL_SO_NO_EXE=OFF '-DX=a b'
cmake --build 'out dir' --parallel "${PUNIX_BUILD_CORES:-1}"
cmake --install 'out dir'
_rpath=$OUTPUT/lib
for _flag in ${LDFLAGS-}; do
  case $_flag in -L*) _rpath+=:${_flag#-L} ;; esac
done
while IFS= read -r -d '' _file; do
  if patchelf --print-rpath "$_file" >/dev/null 2>&1; then
    chmod u+w "$_file"
    patchelf --add-rpath "$_rpath" "$_file"
    patchelf --shrink-rpath "$_file"
  fi
done < <(find "$OUTPUT" -type f -size +51c -print0)
