# on: all
# want: hi
# want: a/b/c
# want: 1
mkdir -p /tmp/a/b; echo hi > /tmp/a/b/c; tar -czf /tmp/a.tgz -C /tmp a; rm -rf /tmp/a; tar -xzf /tmp/a.tgz -C /tmp; cat /tmp/a/b/c; tar tzf /tmp/a.tgz | sort | tail -1; gunzip -c /tmp/a.tgz | wc -c | awk '{print ($1>1000)}'
