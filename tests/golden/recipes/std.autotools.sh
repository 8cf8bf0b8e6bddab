set -eu
cd -- 'lib/x y'
echo one
echo two
if [ -f configure ]; then _configure=./configure
elif [ -f config ]; then _configure=./config
else
  if [ -f autogen.sh ]; then NOCONFIGURE=1 bash ./autogen.sh
  elif [ -f bootstrap ]; then bash ./bootstrap
  elif [ -f configure.ac ] || [ -f configure.in ]; then autoreconf --force --install
  else echo "no configure, config, autogen.sh, bootstrap or configure.ac here" >&2; exit 1
  fi
  _configure=./configure
fi
[ -x "$_configure" ] || chmod +x "$_configure"
"$_configure" --prefix="$OUTPUT" --x="$OUTPUT"/etc 'a b' --zlib=/store/Zlib
echo three
echo four
make V=1 'CC=gcc -m64'
make V=1 'CC=gcc -m64' install
rm -f $OUTPUT/share/info/dir
