// Threads: clone(2) with shared memory, futexes, joins, thread-local storage, vfork(2), posix_spawn(3).
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int total, next;
static __thread int own;
static void *add(void *arg) {
  for (int i = 0; i < 20000; i++) { pthread_mutex_lock(&lock); total++; pthread_mutex_unlock(&lock); own++; }
  return (void *)(long)own;
}
static void *inTurn(void *arg) {
  int me = (int)(long)arg;
  for (int i = 0; i < 3; i++) {
    pthread_mutex_lock(&lock);
    while (next % 3 != me) pthread_cond_wait(&turn, &lock);
    printf("thread %d\n", me);
    next++;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&lock);
  }
  return 0;
}
static sem_t s;
static void *post(void *arg) { usleep(10000); sem_post(&s); return 0; }
static void *endAll(void *arg) { exit(3); }

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  pthread_t t[4];
  void *r;
  for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, add, 0);
  long sum = 0;
  for (int i = 0; i < 4; i++) { pthread_join(t[i], &r); sum += (long)r; }
  printf("total %d own %ld mine %d\n", total, sum, own);
  for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, inTurn, (void *)(long)i);
  for (int i = 0; i < 3; i++) pthread_join(t[i], 0);
  sem_init(&s, 0, 0);
  pthread_create(&t[0], 0, post, 0);
  sem_wait(&s);
  pthread_join(t[0], 0);
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 20000000;
  if (soon.tv_nsec >= 1000000000) { soon.tv_sec++; soon.tv_nsec -= 1000000000; }
  printf("timed out %d\n", sem_timedwait(&s, &soon));
  volatile int seen = 0;
  pid_t pid = vfork();
  if (!pid) { seen = 5; _exit(4); }
  int status;
  waitpid(pid, &status, 0);
  printf("vfork %d %d\n", seen, WEXITSTATUS(status));
  char *args[] = { "busybox", "echo", "spawned", 0 }, *none[] = { 0 };
  posix_spawn(&pid, "/bin/busybox", 0, 0, args, none);
  waitpid(pid, &status, 0);
  printf("spawn %d\n", WEXITSTATUS(status));
  printf("system %d\n", WEXITSTATUS(system("exit 6")));
  pthread_create(&t[0], 0, endAll, 0);
  pthread_join(t[0], 0);
  printf("not reached\n");
  return 0;
}
