set -eu
export A='1 '"$OUTPUT"
echo /store/Zlib
make -C x
