/*
 * The least work that finds out which files of a tree have changed: lists every
 * directory and reads the times of every file. Prints the milliseconds.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct entry {
  unsigned long inode;
  long offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

static struct timespec start, end;
static long modified;

static void look(int base, const char *name) {
  char entries[32 * 1024];
  int fd = openat(base, name, O_RDONLY | O_DIRECTORY);
  long size;
  while ((size = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
    for (long at = 0; at < size;) {
      struct entry *entry = (void *)(entries + at);
      struct statx status;
      at += entry->size;
      if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..")) continue;
      if (entry->type == DT_DIR) {
        look(fd, entry->name);
        continue;
      }
      statx(fd, entry->name, AT_SYMLINK_NOFOLLOW, STATX_CTIME, &status);
      if (status.stx_ctime.tv_sec > start.tv_sec) modified++;
    }
  }
  close(fd);
}

int main(int argc, char **argv) {
  clock_gettime(CLOCK_MONOTONIC, &start);
  look(AT_FDCWD, argv[1]);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("ready {\"time\":%f,\"modified\":%ld}\n",
         (end.tv_sec - start.tv_sec) * 1e3 +
             (end.tv_nsec - start.tv_nsec) / 1e6,
         modified);
}
