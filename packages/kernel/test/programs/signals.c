// sigaction(2), masks, alternate stacks, restarted and interrupted calls, floating point across a handler.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int count, depth, worst;
static void plain(int s) { count++; depth++; if (depth > worst) worst = depth; if (count < 3) raise(s); depth--; }
static volatile double spoiled;
static void spoil(int s) { volatile double x = 1; for (int i = 1; i < 9; i++) x = x * i + 0.5; spoiled = x; }
static void info(int s, siginfo_t *i, void *c) { printf("signal %d code %d pid %d uid %d\n", s, i->si_code, i->si_pid == getpid(), i->si_uid); }
static char *stack;
static void onstack(int s) { char here; printf("on the alternate stack: %d\n", &here > stack && &here < stack + 65536); }
static void child(int s, siginfo_t *i, void *c) { printf("child: code %d status %d\n", i->si_code, i->si_status); }

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  signal(SIGUSR1, plain);
  raise(SIGUSR1);
  printf("raised %d, one at a time: %d\n", count, worst);
  struct sigaction a = { .sa_handler = plain, .sa_flags = SA_NODEFER };
  count = worst = 0;
  sigaction(SIGUSR1, &a, 0);
  raise(SIGUSR1);
  printf("nested %d\n", worst);
  a.sa_sigaction = info; a.sa_flags = SA_SIGINFO;
  sigaction(SIGUSR2, &a, 0);
  kill(getpid(), SIGUSR2);
  raise(SIGUSR2);
  sigset_t set, old;
  sigemptyset(&set); sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, 0);
  kill(getpid(), SIGUSR2); kill(getpid(), SIGUSR2);
  sigpending(&old);
  printf("pending %d\n", sigismember(&old, SIGUSR2));
  sigprocmask(SIG_UNBLOCK, &set, 0);
  printf("delivered before this line\n");
  a.sa_handler = spoil; a.sa_flags = 0;
  sigaction(SIGALRM, &a, 0);
  double x = atof("1.25"), y = x * 3;
  raise(SIGALRM);
  printf("%g %g %d\n", x + y, y, spoiled > 0);
  stack_t ss = { .ss_sp = stack = malloc(65536), .ss_size = 65536 };
  sigaltstack(&ss, 0);
  a.sa_handler = onstack; a.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &a, 0);
  raise(SIGUSR1);

  int p[2];
  pipe(p);
  for (int restart = 0; restart < 2; restart++) {
    a.sa_handler = spoil; a.sa_flags = restart ? SA_RESTART : 0;
    sigaction(SIGUSR1, &a, 0);
    if (!fork()) { usleep(50000); kill(getppid(), SIGUSR1); usleep(50000); write(p[1], "z", 1); _exit(0); }
    char c = '-';
    int n = read(p[0], &c, 1), e = n < 0 ? errno : 0;
    printf("read %d %d %c\n", n, e, c);
    if (n < 0) read(p[0], &c, 1);
    wait(0);
  }
  if (!fork()) { usleep(20000); kill(getppid(), SIGUSR1); _exit(0); }
  struct timespec t = { 5, 0 };
  int n = nanosleep(&t, 0);
  printf("sleep %d %d\n", n, errno == EINTR);
  wait(0);
  signal(SIGUSR1, SIG_IGN);
  if (!fork()) { usleep(20000); kill(getppid(), SIGUSR1); _exit(0); }
  t.tv_sec = 0; t.tv_nsec = 100000000;
  printf("ignored %d\n", nanosleep(&t, 0));
  wait(0);
  a.sa_sigaction = child; a.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGCHLD, &a, 0);
  int status;
  if (!fork()) _exit(9);
  wait(&status);
  if (!fork()) abort();
  wait(&status);
  printf("aborted %d by %d\n", WIFSIGNALED(status), WTERMSIG(status));
  signal(SIGCHLD, SIG_DFL);
  int pid = fork();
  if (!pid) for (;;) pause();
  kill(pid, SIGSTOP);
  waitpid(pid, &status, WUNTRACED);
  printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
  kill(pid, SIGCONT);
  waitpid(pid, &status, WCONTINUED);
  printf("continued %d\n", WIFCONTINUED(status));
  kill(pid, SIGTERM);
  waitpid(pid, &status, 0);
  printf("ended by %d\n", WTERMSIG(status));
  signal(SIGPIPE, SIG_IGN);
  close(p[0]);
  n = write(p[1], "x", 1);
  printf("pipe %d %d\n", n, errno == EPIPE);
  sigfillset(&set);
  sigprocmask(SIG_BLOCK, &set, &old);
  kill(getpid(), SIGTERM);
  siginfo_t si;
  sigemptyset(&set); sigaddset(&set, SIGTERM);
  n = sigwaitinfo(&set, &si);
  printf("waited for %d %d\n", n, si.si_signo);
  return 0;
}
