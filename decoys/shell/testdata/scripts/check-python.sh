# on: debian ubuntu20 ubuntu22 kali rocky9 fedora arch
# want: py
# want: 0
# want: Python 3
# want: pl
python3 -c 'print("py")'; python3 -c 'import os; os.system("id -u")'; python3 --version; perl -e 'print "pl\n"'
