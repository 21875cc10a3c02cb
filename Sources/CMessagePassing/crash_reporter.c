// Names the rank when a process crashes; mpirun alone would only name a signal.
#include "CMessagePassing.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct crash {
  int signal;
  const char *name;
  char crashed[64], sent[64];
  struct sigaction previous;
} crash;

static crash crashes[] = {
    {.signal = SIGILL, .name = "SIGILL"},   {.signal = SIGTRAP, .name = "SIGTRAP"},
    {.signal = SIGSEGV, .name = "SIGSEGV"}, {.signal = SIGBUS, .name = "SIGBUS"},
    {.signal = SIGFPE, .name = "SIGFPE"},   {.signal = SIGABRT, .name = "SIGABRT"},
    {.signal = SIGQUIT, .name = "SIGQUIT"},
};

enum { crash_count = sizeof crashes / sizeof crashes[0] };

static void tell(const char *line) {
  ssize_t written = write(STDERR_FILENO, line, strlen(line));
  (void)written;
}

/// Swift's own handler, which prints where the program was. It returns in the hope that the fault
/// happens again without it, which it does not where the signal came by kill or raise.
static void call_previous(const crash *this, siginfo_t *information, void *context) {
  if (this->previous.sa_flags & SA_SIGINFO) {
    this->previous.sa_sigaction(this->signal, information, context);
  } else if (this->previous.sa_handler != SIG_DFL && this->previous.sa_handler != SIG_IGN) {
    this->previous.sa_handler(this->signal);
  }
}

/// Ends the process by the signal, whatever it was. Async-signal-safe: the lines were written
/// beforehand; write, sigaction, getpid and raise are allowed.
static void report(int signal, siginfo_t *information, void *context) {
  for (int index = 0; index < crash_count; ++index) {
    crash *this = &crashes[index];
    if (this->signal != signal) continue;
    // A fault of the program's own, or abort(). What others send, or a terminal (SIGQUIT), says
    // nothing of where it is.
    bool is_fault = information->si_code > 0 && signal != SIGQUIT;
    if (is_fault || information->si_pid == getpid()) {
      tell(this->crashed);
      call_previous(this, information, context);
    } else {
      tell(this->sent);
    }
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(signal, &standard, NULL);
    // The signal is blocked until this handler returns, and then ends the process.
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

/// A signal that the starting program's thread had blocked would wait for ever.
static void unblock_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < crash_count; ++index) sigaddset(&set, crashes[index].signal);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void unfold_report_crashes(int rank) {
  static int is_installed = 0;
  if (!is_installed) unblock_signals();
  for (int index = 0; index < crash_count; ++index) {
    crash *this = &crashes[index];
    snprintf(this->crashed, sizeof this->crashed, "unfold: rank %d: crashed: %s\n", rank,
             this->name);
    snprintf(this->sent, sizeof this->sent, "unfold: rank %d: ended by %s\n", rank, this->name);
    if (is_installed) continue;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = report;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(this->signal, &action, &this->previous);
  }
  if (!is_installed) install_signal_stack();
  is_installed = 1;
}
