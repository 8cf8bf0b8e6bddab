set -eu
cd -- x
install -D -m 755 -t "$OUTPUT/bin" -- 'bin/a b'
