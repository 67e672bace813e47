# on: all
# want: x64 1
# want: "threads":
# want: 1
ARCH=$(uname -m); CORES=$(nproc); case $ARCH in x86_64|amd64) A=x64;; *) A=other;; esac; echo $A $((CORES>0))
mkdir -p $HOME/.c3pool && cd $HOME/.c3pool && printf '{\n  "threads": %d\n}\n' "$CORES" > config.json && cat config.json
grep MemTotal /proc/meminfo | awk '{print ($2>1000000)}'
