// Names the rank when a process crashes; mpirun alone would only name a signal.
#include "CMessagePassing.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct crash {
  int signal;
  const char *name;
  char line[64];
  size_t length;
  struct sigaction previous;
} crash;

static crash crashes[] = {
    {.signal = SIGILL, .name = "SIGILL"},   {.signal = SIGTRAP, .name = "SIGTRAP"},
    {.signal = SIGSEGV, .name = "SIGSEGV"}, {.signal = SIGBUS, .name = "SIGBUS"},
    {.signal = SIGFPE, .name = "SIGFPE"},   {.signal = SIGABRT, .name = "SIGABRT"},
};

enum { crash_count = sizeof crashes / sizeof crashes[0] };

/// Async-signal-safe: the lines were written beforehand; write, sigaction and raise are allowed.
static void report_crash(int signal) {
  for (int index = 0; index < crash_count; ++index) {
    crash *this = &crashes[index];
    if (this->signal != signal) continue;
    ssize_t written = write(STDERR_FILENO, this->line, this->length);
    (void)written;
    // The signal is blocked until this handler returns, and then meets the previous action.
    sigaction(signal, &this->previous, NULL);
    raise(signal);
  }
}

/// Gives the calling thread a stack on which an overflow of its own can be reported.
static void install_signal_stack(void) {
  static char memory[64 * 1024];
  stack_t existing, stack = {.ss_sp = memory, .ss_size = sizeof memory};
  if (sigaltstack(NULL, &existing) == 0 && (existing.ss_flags & SS_DISABLE)) {
    sigaltstack(&stack, NULL);
  }
}

void unfold_report_crashes(int rank) {
  static int is_installed = 0;
  for (int index = 0; index < crash_count; ++index) {
    crash *this = &crashes[index];
    int length = snprintf(this->line, sizeof this->line, "unfold: rank %d: crashed: %s\n", rank,
                          this->name);
    this->length = (size_t)length;
    if (is_installed) continue;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = report_crash;
    action.sa_flags = SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(this->signal, &action, &this->previous);
  }
  if (!is_installed) install_signal_stack();
  is_installed = 1;
}
