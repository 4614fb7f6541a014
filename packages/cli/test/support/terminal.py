# Runs a program on a terminal of the given width: python3 terminal.py COLUMNS PROGRAM ARGS…
# Prints what the terminal receives. What arrives on stdin is typed on the terminal; its end hangs up nothing.
import fcntl, os, pty, select, struct, sys, termios

columns, program, *args = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program, [program, *args])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 50, int(columns), 0, 0))
inputs = [terminal, 0]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed == b'':
            inputs.remove(0)
        else:
            os.write(terminal, typed)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if shown == b'':
            break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
