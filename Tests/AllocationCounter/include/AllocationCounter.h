#ifndef UNFOLD_ALLOCATION_COUNTER_H
#define UNFOLD_ALLOCATION_COUNTER_H

#include <stdbool.h>

// Counts every allocation of the process: this target defines malloc and its kin in front of the C
// library's. Counts are of the whole process, so tests that look at them run in a process of their
// own (an exit test), where no other test allocates.

/// Whether allocations are counted: glibc without a sanitizer, which has its own malloc.
bool allocation_counter_works(void);

/// How often memory has been allocated since the process started, on all threads.
long allocation_count(void);

#endif
