// What this process tells others of itself, in memory that they may read at any time.
#include "CMessagePassing.h"

#include <stddef.h>
#include <unistd.h>

/// Where nobody looks.
static unfold_heartbeat unseen;
static unfold_heartbeat *own = &unseen;

static unfold_heartbeat *current(void) { return __atomic_load_n(&own, __ATOMIC_ACQUIRE); }

static void set(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/// Several threads of the process may beat at once.
static void add(uint64_t *word, uint64_t value) {
  __atomic_fetch_add(word, value, __ATOMIC_RELAXED);
}

static uint64_t get(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }

void unfold_heartbeat_move(unfold_heartbeat *place) {
  unfold_heartbeat *target = place == NULL ? &unseen : place;
  set(&target->process, (uint64_t)getpid());
  __atomic_store_n(&own, target, __ATOMIC_RELEASE);
}

void unfold_heartbeat_beat(void) { add(&current()->beats, 1); }

void unfold_heartbeat_begin(uint64_t step, uint64_t phase) {
  set(&current()->step, step);
  unfold_heartbeat_enter(phase);
}

void unfold_heartbeat_enter(uint64_t phase) {
  set(&current()->phase, phase);
  unfold_heartbeat_beat();
}

void unfold_heartbeat_begin_wait(void) {
  add(&current()->waits, 1);
  unfold_heartbeat_beat();
}

void unfold_heartbeat_end_wait(void) {
  add(&current()->waits, UINT64_MAX);
  unfold_heartbeat_beat();
}

void unfold_heartbeat_tick(void) { add(&current()->ticks, 1); }

unfold_heartbeat unfold_heartbeat_read(const unfold_heartbeat *place) {
  return (unfold_heartbeat){
      .beats = get(&place->beats),
      .ticks = get(&place->ticks),
      .step = get(&place->step),
      .phase = get(&place->phase),
      .waits = get(&place->waits),
      .process = get(&place->process),
  };
}
