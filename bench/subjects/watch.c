/*
 * The least work that watches a tree and counts its events. Prints the milliseconds
 * until it watches, and on SIGTERM the number of events.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
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

static int inotify;

/* `path` has room for the names below it. */
static void walk(char *path, size_t length) {
  char entries[32 * 1024];
  inotify_add_watch(inotify, path, IN_ALL_EVENTS | IN_ONLYDIR);
  int fd = open(path, O_RDONLY | O_DIRECTORY);
  long size;
  while ((size = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
    for (long at = 0; at < size;) {
      struct entry *entry = (void *)(entries + at);
      at += entry->size;
      if (entry->type != DT_DIR || entry->name[0] == '.') continue;
      path[length] = '/';
      strcpy(path + length + 1, entry->name);
      walk(path, length + 1 + strlen(entry->name));
    }
  }
  path[length] = 0;
  close(fd);
}

/* Counts until it cannot read any more. */
static void count(void) {
  static char buffer[64 * 1024] __attribute__((aligned(8)));
  long events = 0, created = 0;
  ssize_t size;
  while ((size = read(inotify, buffer, sizeof buffer)) > 0) {
    for (ssize_t at = 0; at < size; events++) {
      struct inotify_event *event = (void *)(buffer + at);
      if (event->mask & IN_CREATE) created++;
      at += sizeof *event + event->len;
    }
  }
  printf("{\"events\":%ld,\"created\":%ld}\n", events, created);
}

/* Has read(2) fail, whether it is at it or about to. */
static void stop(int signal) {
  (void)signal;
  close(inotify);
}

int main(int argc, char **argv) {
  struct timespec start, ready;
  char path[4096];
  strcpy(path, argv[1]);
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
  clock_gettime(CLOCK_MONOTONIC, &start);
  inotify = inotify_init1(IN_CLOEXEC);
  walk(path, strlen(path));
  clock_gettime(CLOCK_MONOTONIC, &ready);
  printf("ready {\"time\":%f}\n", (ready.tv_sec - start.tv_sec) * 1e3 +
                                   (ready.tv_nsec - start.tv_nsec) / 1e6);
  fflush(stdout);
  count();
}
