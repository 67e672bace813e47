# Keeps a PostgreSQL server: $1 is the folder of its programs, $2 that of its data,
# $3 options. Orders come a line each, and are answered with "done".
bin=$1 dir=$2 options=$3
LC_ALL=C
export LC_ALL

up() {
  # The processes of a server that was killed may need a moment to notice, and
  # until then another one refuses to start.
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    "$bin/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" $options >>"$dir/log" 2>&1 </dev/null &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
      "$bin/pg_isready" -q -h "$dir" -U postgres && return 0
      sleep 0.05
    done
    wait $pid
    sleep 0.2
  done
  return 1
}

"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || exit 1
while read -r order; do
  case $order in
  start) up || exit 1 ;;
  stop) kill -INT $pid && wait $pid ;;
  kill) kill -KILL $pid && wait $pid 2>/dev/null ;;
  esac
  echo done
done
kill -QUIT $pid 2>/dev/null && wait $pid
rm -rf "$dir"
