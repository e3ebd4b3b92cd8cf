// mmap(2), mprotect(2), mremap(2), brk(2), copy on write, and the signals of what is not allowed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int code;
static void *volatile where;
static void on(int s, siginfo_t *i, void *c) { code = i->si_code; where = i->si_addr; siglongjmp(back, s); }
#define TRY(name, expression, address) do { int s = sigsetjmp(back, 1); if (!s) { expression; printf(name ": fine\n"); } else printf(name ": signal %d code %d %s\n", s, code, where == (void *)(address) ? "there" : "elsewhere"); } while (0)

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  struct sigaction a = { .sa_sigaction = on, .sa_flags = SA_SIGINFO };
  sigaction(SIGSEGV, &a, 0);
  sigaction(SIGBUS, &a, 0);
  volatile char *p = mmap(0, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("zero %d\n", p[4096]);
  p[0] = 1; p[4096] = 2; p[8192] = 3;
  printf("mprotect %d\n", mprotect((void *)p, 4096, PROT_READ));
  TRY("read", (void)p[0], p);
  TRY("write", p[0] = 9, p);
  mprotect((void *)p, 4096, PROT_NONE);
  TRY("none", (void)p[0], p);
  mprotect((void *)p, 4096, PROT_READ | PROT_WRITE);
  printf("kept %d\n", p[0]);
  munmap((void *)(p + 4096), 4096);
  TRY("hole", (void)p[4100], p + 4100);
  printf("beside %d %d\n", p[0], p[8192]);
  printf("protect hole %d", mprotect((void *)p, 3 * 4096, PROT_READ)); printf(" %d\n", errno);
  TRY("null", *(volatile int *)0 = 1, 0);
  TRY("execute", ((void (*)(void))(p + 8192))(), p + 8192);
  mprotect((void *)p, 4096, PROT_READ | PROT_WRITE);

  volatile int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int status;
  if (!fork()) { p[0] = 77; shared[3] = 55; _exit(p[0] + shared[3]); }
  wait(&status);
  printf("fork: private %d shared %d child %d\n", p[0], shared[3], WEXITSTATUS(status));

  int f = open("/tmp/mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
  write(f, "hello, file", 11);
  char *m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0), *c = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, f, 0);
  printf("%s|%s\n", m, c);
  m[0] = 'J'; c[1] = 'X';
  char text[12] = { 0 };
  pread(f, text, 11, 0);
  printf("%s|%s|%s\n", m, c, text);
  pwrite(f, "W", 1, 4);
  printf("%s\n", m);
  TRY("beyond the file", (void)*(volatile char *)(m + 4096), m + 4096);
  ftruncate(f, 6000);
  TRY("now inside", (void)*(volatile char *)(m + 4096), m + 4096);
  close(f);
  unlink("/tmp/mapped");
  printf("unlinked %.3s\n", m);

  char *r = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(r, "moved");
  r = mremap(r, 4096, 64 * 4096, MREMAP_MAYMOVE);
  printf("%s %d\n", r, r[63 * 4096]);
  madvise(r, 4096, MADV_DONTNEED);
  printf("dropped %d\n", r[0]);
  char *b = sbrk(0);
  sbrk(10000);
  b[9999] = 5;
  printf("brk %d %d\n", b[9999], (int)((char *)sbrk(0) - b));
  printf("errors %d", mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0);
  printf(" %d", mmap(0, 4096, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED ? errno : 0);
  printf(" %d\n", munmap((void *)1, 4096) ? errno : 0);
  return 0;
}
