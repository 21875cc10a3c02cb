#include "AllocationCounter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static atomic_long allocations, releases;

long allocation_count(void) { return atomic_load(&allocations); }

long live_allocation_count(void) { return atomic_load(&allocations) - atomic_load(&releases); }

#if defined(__GLIBC__) && !defined(SANITIZED)
#include <malloc.h>

long allocated_bytes(void) {
  struct mallinfo2 information = mallinfo2();
  return (long)(information.uordblks + information.hblkhd);
}

bool allocation_counter_works(void) { return true; }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static void *count(void *memory) {
  if (memory) atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return memory;
}

void *malloc(size_t size) { return count(__libc_malloc(size)); }

void *calloc(size_t elements, size_t size) { return count(__libc_calloc(elements, size)); }

void *memalign(size_t alignment, size_t size) { return count(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) {
  return count(__libc_memalign(alignment, size));
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *block = count(__libc_memalign(alignment, size));
  if (!block) return ENOMEM;
  *memory = block;
  return 0;
}

void free(void *memory) {
  if (memory) atomic_fetch_add_explicit(&releases, 1, memory_order_relaxed);
  __libc_free(memory);
}

void *realloc(void *memory, size_t size) {
  void *block = count(__libc_realloc(memory, size));
  if (memory && (block || size == 0)) {
    atomic_fetch_add_explicit(&releases, 1, memory_order_relaxed);
  }
  return block;
}

#else

long allocated_bytes(void) { return 0; }

bool allocation_counter_works(void) { return false; }

#endif
