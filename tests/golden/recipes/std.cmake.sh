set -eu
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top
cmake -S . -B 'out dir' -DCMAKE_BUILD_TYPE=Debug -DCMAKE_INSTALL_PREFIX="$OUTPUT" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_RPATH="$OUTPUT/lib" -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON -DCMAKE_INSTALL_SO_NO_EXE=OFF '-DX=a b'
cmake --build 'out dir' --parallel "${PUNIX_BUILD_CORES:-1}"
cmake --install 'out dir'
