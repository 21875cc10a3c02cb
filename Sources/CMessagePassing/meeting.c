// Where ranks of a node wait for one another when they are more than its cores: MPI's own waiting
// keeps a core busy, which is the one that the awaited rank needs.
#include "handles.h"

#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

/// What the members share, zero at the start.
typedef struct meeting_place {
  _Atomic uint32_t arrived;
  /// The number of meetings that have ended.
  _Atomic uint32_t ended;
} meeting_place;

struct unfold_meeting {
  meeting_place *place;
  unfold_window *window;
  uint32_t members;
};

enum {
  /// How often others are let on the core before this rank sleeps: an awaited rank that is nearly
  /// there answers sooner than a sleeper wakes.
  yields = 100,
  /// The longest sleep, after which MPI's own messages are moved on.
  sleep_nanoseconds = 1000000,
};

int unfold_meeting_create(unfold_communicator *group) {
  unfold_meeting *meeting = malloc(sizeof *meeting);
  if (meeting == NULL) return UNFOLD_MPI_OUT_OF_MEMORY;
  void *base = NULL;
  UNFOLD_RETURN_IF_FAILED(
      unfold_window_allocate(group, sizeof(meeting_place), 64, &meeting->window, &base));
  meeting->place = base;
  meeting->members = (uint32_t)group->size;
  if (group->rank == 0) {
    atomic_store(&meeting->place->arrived, 0);
    atomic_store(&meeting->place->ended, 0);
  }
  UNFOLD_RETURN_IF_FAILED(unfold_window_hand_over(meeting->window));
  group->meeting = meeting;
  return MPI_SUCCESS;
}

int unfold_meeting_free(unfold_communicator *group) {
  if (group->meeting == NULL) return MPI_SUCCESS;
  int status = unfold_window_free(group->meeting->window);
  free(group->meeting);
  group->meeting = NULL;
  return status;
}

static void wake_all(_Atomic uint32_t *word) {
#ifdef __linux__
  syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
#endif
}

/// Sleeps while the word has this value, but not for long.
static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  struct timespec limit = {.tv_sec = 0, .tv_nsec = sleep_nanoseconds};
#ifdef __linux__
  syscall(SYS_futex, word, FUTEX_WAIT, value, &limit, NULL, 0);
#else
  (void)word, (void)value;
  nanosleep(&limit, NULL);
#endif
}

/// Lets MPI move messages on, which happens only inside its calls.
static int progress(const unfold_communicator *group) {
  int is_waiting = 0;
  return MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, group->comm, &is_waiting, MPI_STATUS_IGNORE);
}

int unfold_meet(const unfold_communicator *group) {
  const unfold_meeting *meeting = group->meeting;
  if (meeting == NULL) return MPI_SUCCESS;
  meeting_place *place = meeting->place;
  uint32_t current = atomic_load(&place->ended);
  if (atomic_fetch_add(&place->arrived, 1) + 1 == meeting->members) {
    atomic_store(&place->arrived, 0);
    atomic_fetch_add(&place->ended, 1);
    wake_all(&place->ended);
    return MPI_SUCCESS;
  }
  for (int turn = 0; atomic_load(&place->ended) == current; ++turn) {
    if (turn < yields) {
      sched_yield();
    } else {
      sleep_while(&place->ended, current);
      UNFOLD_RETURN_IF_FAILED(progress(group));
    }
  }
  return MPI_SUCCESS;
}
