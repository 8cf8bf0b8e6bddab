"""Shell text for `rpath = true`: programs and libraries that find theirs where they are.

In: nothing. Out: text that stops at once where patchelf is missing, and text that gives
every ELF file of the output a run path: `$OUTPUT/lib` and the library folders of the
dependencies, those of them in which something is that the file needs. Others would be
references that keep whole packages in the store for nothing.
"""

__all__ = ["NEED_PATCHELF", "SET_RPATH"]

NEED_PATCHELF = """\
if ! command -v patchelf >/dev/null; then
  echo "rpath = true needs patchelf, and this build has none" >&2
  echo "hint: install it (apt-get install patchelf), or put a package of it into deps" >&2
  exit 1
fi"""

SET_RPATH = """\
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
done < <(find "$OUTPUT" -type f -size +51c -print0)"""
"""An ELF header has 52 bytes or more; patchelf refuses what is no dynamic ELF file."""
