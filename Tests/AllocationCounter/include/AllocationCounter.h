#ifndef UNFOLD_ALLOCATION_COUNTER_H
#define UNFOLD_ALLOCATION_COUNTER_H

#include <stdbool.h>

// Counts every allocation of the process: this target defines malloc and its kin in front of the C
// library's. The counts are those of all threads, so a test that looks at them runs in a process of
// its own (an exit test), where no other test allocates.

/// Whether allocations are counted: with glibc and no sanitizer, which has a malloc of its own.
bool allocation_counter_works(void);

/// How often memory has been allocated since the process started.
long allocation_count(void);

/// How many allocated blocks have not been freed.
long live_allocation_count(void);

/// The bytes that are allocated now; 0 where the C library does not tell.
long allocated_bytes(void);

#endif
