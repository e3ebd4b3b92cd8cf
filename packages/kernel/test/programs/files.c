// Errors and corner cases of calls on files.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHOW(expression) do { errno = 0; long r = (expression); printf("%s = %ld %d\n", #expression, r, r < 0 ? errno : 0); } while (0)

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  umask(022);
  char b[64] = { 0 };
  SHOW(chdir("/tmp"));
  SHOW(mkdir("d", 0777));
  SHOW(mkdir("d", 0777));
  SHOW(mkdir("none/d", 0777));
  SHOW(rmdir("/"));
  SHOW(rmdir("d/."));
  SHOW(rmdir("d/.."));
  SHOW(unlink("d"));
  SHOW(symlink("loop", "loop"));
  SHOW(open("loop", O_RDONLY));
  SHOW(open("loop", O_RDONLY | O_NOFOLLOW));
  SHOW(symlink("d/made", "dangling"));
  int f = open("dangling", O_CREAT | O_RDWR, 0666);
  printf("through a dangling link %d\n", f >= 0);
  SHOW(open("dangling", O_CREAT | O_EXCL, 0666));
  SHOW(open("d", O_RDWR));
  SHOW(open("d", O_CREAT, 0666));
  SHOW(open("d/made/x", O_RDONLY));
  SHOW(open("d/made/", O_RDONLY));
  SHOW(open("new/", O_CREAT | O_RDWR, 0666));
  SHOW(open("d/made", O_RDONLY | O_DIRECTORY));
  SHOW(open("", O_RDONLY));
  SHOW(write(f, "0123456789", 10));
  SHOW(lseek(f, -3, SEEK_END));
  SHOW(read(f, b, 9));
  printf("%s\n", b);
  SHOW(lseek(f, -1, SEEK_SET));
  SHOW(lseek(f, 5000, SEEK_SET));
  SHOW(write(f, "x", 1));
  struct stat s;
  SHOW(fstat(f, &s));
  printf("size %ld links %ld mode %o\n", (long)s.st_size, (long)s.st_nlink, s.st_mode);
  SHOW(pread(f, b, 4, 8));
  printf("%.2s %d\n", b, b[2]);
  SHOW(ftruncate(f, 4));
  SHOW(pread(f, b, 9, 0));
  struct iovec v[3] = { { b, 2 }, { b + 10, 0 }, { b + 20, 5 } };
  SHOW(lseek(f, 0, SEEK_SET));
  SHOW(readv(f, v, 3));
  printf("%.2s %.2s\n", b, b + 20);
  SHOW(read(f, (void *)8, 4));
  SHOW(lseek(f, 0, SEEK_SET));
  SHOW(read(f, (void *)8, 4));
  SHOW(write(99, b, 1));
  SHOW(open((char *)8, O_RDONLY));
  SHOW(dup2(f, 50));
  SHOW(fcntl(50, F_GETFD));
  SHOW(fcntl(50, F_SETFD, FD_CLOEXEC));
  SHOW(fcntl(50, F_GETFD));
  SHOW(fcntl(f, F_DUPFD, 40));
  SHOW(fcntl(f, F_GETFL) & (O_ACCMODE | O_APPEND));
  SHOW(lseek(50, 0, SEEK_CUR) == lseek(f, 0, SEEK_CUR));
  SHOW(link("d/made", "hard"));
  SHOW(link("d", "hard2"));
  SHOW(rename("hard", "d/made"));
  SHOW(access("hard", F_OK));
  SHOW(rename("d", "d/made"));
  SHOW(rename("d", "d/below"));
  SHOW(rename("hard", "d"));
  SHOW(mkdir("e", 0700));
  SHOW(rename("d", "e"));
  SHOW(rmdir("e"));
  SHOW(renameat2(AT_FDCWD, "e", AT_FDCWD, "loop", RENAME_NOREPLACE));
  SHOW(readlink("e/made", b, 9));
  SHOW(readlink("loop", b, 2));
  SHOW(access("e/made", X_OK));
  SHOW(chmod("e/made", 0711));
  SHOW(access("e/made", X_OK));
  SHOW(stat("e/made/", &s));
  SHOW(lstat("loop", &s));
  printf("%o %ld\n", s.st_mode, (long)s.st_size);
  SHOW(unlink("e/made"));
  SHOW(write(f, "still", 5));
  SHOW(fstat(f, &s));
  printf("links %ld\n", (long)s.st_nlink);
  SHOW(unlink("loop")); SHOW(unlink("dangling")); SHOW(unlink("hard"));
  DIR *dir = opendir("e");
  int n = 0;
  for (struct dirent *e; (e = readdir(dir));) n += e->d_type == DT_DIR;
  printf("directory entries %d\n", n);
  closedir(dir);
  SHOW(chdir("e"));
  SHOW(rmdir("../e"));
  SHOW(getcwd(b, 64) ? 0 : -1);
  SHOW(mkdir("x", 0777));
  SHOW(chdir(".."));
  SHOW(getcwd(b, 64) ? 0 : -1);
  printf("%s\n", b);
  SHOW(getcwd(b, 2) ? 0 : -1);
  int p[2];
  SHOW(pipe2(p, O_NONBLOCK));
  SHOW(read(p[0], b, 1));
  SHOW(lseek(p[0], 0, SEEK_SET));
  long room = 0;
  for (long w; (w = write(p[1], memset(b, 'p', 64), 64)) > 0;) room += w;
  printf("room %ld %d\n", room, errno);
  struct pollfd pf[3] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 }, { 77, POLLIN, 0 } };
  SHOW(poll(pf, 3, 0));
  printf("%x %x %x\n", pf[0].revents, pf[1].revents, pf[2].revents);
  SHOW(close(p[1]));
  while (read(p[0], b, 64) > 0);
  SHOW(poll(pf, 1, 0));
  printf("%x\n", pf[0].revents);
  fd_set set;
  FD_ZERO(&set); FD_SET(p[0], &set); FD_SET(f, &set);
  SHOW(select(99, &set, 0, 0, 0));
  SHOW(poll(0, 0, 5));
  return 0;
}
