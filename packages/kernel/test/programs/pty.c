// A pseudoterminal: a child on its terminal, its parent at the other end.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void show(const char *what, const char *bytes, long n) {
  printf("%s %ld ", what, n);
  for (long i = 0; i < n; i++) printf(bytes[i] < 32 ? "\\%d" : "%c", bytes[i]);
  printf("\n");
}
static void readAll(int master, const char *until) {
  char all[512]; long n = 0;
  while (n < 500) {
    long got = read(master, all + n, 500 - n);
    if (got <= 0) { printf("end %s\n", got < 0 ? strerror(errno) : "of file"); break; }
    n += got;
    all[n] = 0;
    if (until && strstr(all, until)) break;
  }
  show("read", all, n);
}
int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), number = -1, unlock = 0;
  if (master < 0) { perror("ptmx"); return 1; }
  printf("number %d\n", ioctl(master, TIOCGPTN, &number) == 0 && number >= 0);
  printf("unlock %d\n", ioctl(master, TIOCSPTLCK, &unlock));
  char name[32], *seen;
  snprintf(name, sizeof name, "/dev/pts/%d", number);
  struct winsize size = { 11, 22, 0, 0 };
  printf("size %d\n", ioctl(master, TIOCSWINSZ, &size));
  pid_t child = fork();
  if (child == 0) {
    close(master);
    setsid();
    int slave = open(name, O_RDWR | O_NOCTTY);
    if (slave < 0) _exit(9);
    if (ioctl(slave, TIOCSCTTY, 0) < 0) _exit(8);
    for (int i = 0; i < 3; i++) dup2(slave, i);
    if (slave > 2) close(slave);
    struct winsize mine;
    ioctl(0, TIOCGWINSZ, &mine);
    seen = ttyname(0);
    dprintf(1, "named %d size %d %d group %d\n", seen && strcmp(seen, name) == 0, mine.ws_row, mine.ws_col, tcgetpgrp(0) == getpid());
    char line[64];
    long n = read(0, line, sizeof line);
    dprintf(1, "line %ld %.*s", n, (int) n, line);
    n = read(0, line, sizeof line);
    dprintf(1, "then %ld\n", n);
    pause();
    _exit(7);
  }
  readAll(master, "group 1\r\n");
  write(master, "abd\177c\n", 6);
  readAll(master, "line 4 abc\r\n");
  write(master, "\4", 1);
  readAll(master, "then 0\r\n");
  write(master, "\3", 1);
  int status;
  waitpid(child, &status, 0);
  printf("child %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status));
  readAll(master, NULL);
  struct pollfd p = { master, POLLIN, 0 };
  printf("poll %d %x\n", poll(&p, 1, 0), p.revents);
  close(master);
  printf("gone %d\n", open(name, O_RDWR) < 0);
  return 0;
}
