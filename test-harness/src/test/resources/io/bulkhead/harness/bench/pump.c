/*
 * The least that stands between a terminal and who looks at it: runs a command on a pseudo-terminal, and hands what it
 * puts out to the one who connects to a Unix socket. Usage: pump SOCKET COMMAND [ARGUMENT]...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static void run(int master, char **command) {
    char name[64];
    int slave;

    check(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
    check(ptsname_r(master, name, sizeof name), "ptsname");
    check(setsid(), "setsid");
    check(slave = open(name, O_RDWR), name);
    check(ioctl(slave, TIOCSCTTY, 0), "TIOCSCTTY");
    for (int fd = 0; fd < 3; fd++)
        check(dup2(slave, fd), "dup2");
    execvp(command[0], command);
    check(-1, command[0]);
}

int main(int count, char **words) {
    static char buffer[64 << 10];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int master, listener, viewer;

    if (count < 3)
        return 2;
    check(listener = socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    strncpy(address.sun_path, words[1], sizeof address.sun_path - 1);
    check(bind(listener, (struct sockaddr *) &address, sizeof address), "bind");
    check(listen(listener, 1), "listen");
    check(viewer = accept(listener, NULL, NULL), "accept");
    check(master = posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
    check(grantpt(master), "grantpt");
    check(unlockpt(master), "unlockpt");
    if (fork() == 0)
        run(master, words + 2);
    for (;;) {
        ssize_t got = read(master, buffer, sizeof buffer);
        if (got <= 0)
            return 0;
        for (ssize_t done = 0; done < got;) {
            ssize_t sent = send(viewer, buffer + done, got - done, MSG_NOSIGNAL);
            if (sent < 0)
                return 0;
            done += sent;
        }
    }
}
