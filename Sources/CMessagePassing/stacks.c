// The call stacks of this process's threads, for a rank that the others wait for in vain.
#include "CMessagePassing.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
  most_threads = 16,
  most_frames = 48,
  /// The handler, and what the kernel puts below it.
  own_frames = 2,
  /// A thread that does not answer within so many milliseconds is passed over.
  patience = 100,
};

/// How many threads have written theirs.
static int written = 0;

/// Runs on the thread whose stack it writes. `backtrace` takes no memory from its second call on.
static void write_own_stack(int signal) {
  (void)signal;
  int error = errno;
  void *frames[most_frames];
  int count = backtrace(frames, most_frames);
  if (count > own_frames) {
    backtrace_symbols_fd(frames + own_frames, count - own_frames, STDERR_FILENO);
  }
  __atomic_fetch_add(&written, 1, __ATOMIC_RELEASE);
  errno = error;
}

/// Writes the line above a thread's stack.
static void write_heading(int rank, long thread) {
  char path[64], name[32] = "", line[128];
  snprintf(path, sizeof path, "/proc/self/task/%ld/comm", thread);
  FILE *file = fopen(path, "re");
  if (file != NULL) {
    if (fgets(name, sizeof name, file) == NULL) name[0] = '\0';
    name[strcspn(name, "\n")] = '\0';
    fclose(file);
  }
  int length = snprintf(line, sizeof line, "unfold: rank %d: stack of thread %ld (%s):\n", rank,
                        thread, name);
  ssize_t count = write(STDERR_FILENO, line, (size_t)length);
  (void)count;
}

/// Lets a thread write its stack, and waits for it.
static void ask(long thread) {
  int before = __atomic_load_n(&written, __ATOMIC_ACQUIRE);
  if (syscall(SYS_tgkill, (long)getpid(), thread, (long)SIGPROF) != 0) return;
  const struct timespec millisecond = {.tv_sec = 0, .tv_nsec = 1000000};
  for (int turn = 0; turn < patience; ++turn) {
    if (__atomic_load_n(&written, __ATOMIC_ACQUIRE) != before) return;
    nanosleep(&millisecond, NULL);
  }
}

void unfold_prepare_stacks(void) {
  void *frame = NULL;
  (void)backtrace(&frame, 1);
}

void unfold_write_stacks(int rank) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = write_own_stack;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  // The threads of Dispatch block all signals that are not for faults but this one.
  if (sigaction(SIGPROF, &action, NULL) != 0) return;
  DIR *threads = opendir("/proc/self/task");
  if (threads == NULL) return;
  long own = syscall(SYS_gettid);
  int count = 0;
  for (const struct dirent *entry; count < most_threads && (entry = readdir(threads)) != NULL;) {
    long thread = strtol(entry->d_name, NULL, 10);
    if (thread <= 0 || thread == own) continue;
    write_heading(rank, thread);
    ask(thread);
    count++;
  }
  closedir(threads);
}
