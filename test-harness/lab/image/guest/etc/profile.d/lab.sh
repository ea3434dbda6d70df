# The terminal behind a serial line says neither its size nor its kind.
if [ -r /lab/terminal ]; then
  . /lab/terminal
fi
PS1='\u@\h:\w\$ '
