// Memory that ranks of a node share.
#include "handles.h"

#include <stdlib.h>
#include <sys/statvfs.h>

/// Where the aligned bytes begin. The leader decides it, as all processes map whole pages, so that
/// the same distance is right in each.
static int align(MPI_Comm members, char *first, int64_t alignment, void **base) {
  int64_t padding = (alignment - (int64_t)((uintptr_t)first % (uintptr_t)alignment)) % alignment;
  UNFOLD_RETURN_IF_FAILED(MPI_Bcast(&padding, 1, MPI_INT64_T, 0, members));
  *base = first + padding;
  return (uintptr_t)*base % (uintptr_t)alignment == 0 ? MPI_SUCCESS : UNFOLD_MPI_MISALIGNED;
}

int unfold_window_allocate(const unfold_communicator *group, int64_t count, int64_t alignment,
                           unfold_window **window, void **base) {
  unfold_window *result = malloc(sizeof *result);
  if (result == NULL) return UNFOLD_MPI_OUT_OF_MEMORY;
  result->members = group;
  void *own = NULL, *first = NULL;
  MPI_Aint length = group->rank == 0 ? (MPI_Aint)(count + alignment) : 0;
  int unit = 1;
  UNFOLD_RETURN_IF_FAILED(
      MPI_Win_allocate_shared(length, unit, MPI_INFO_NULL, group->comm, &own, &result->window));
  UNFOLD_RETURN_IF_FAILED(MPI_Win_set_errhandler(result->window, MPI_ERRORS_RETURN));
  UNFOLD_RETURN_IF_FAILED(MPI_Win_shared_query(result->window, 0, &length, &unit, &first));
  UNFOLD_RETURN_IF_FAILED(align(group->comm, first, alignment, base));
  *window = result;
  // One epoch for the whole life: MPI_Win_sync is allowed only inside one.
  return MPI_Win_lock_all(MPI_MODE_NOCHECK, result->window);
}

int unfold_window_hand_over(unfold_window *window) {
  UNFOLD_RETURN_IF_FAILED(MPI_Win_sync(window->window));
  UNFOLD_RETURN_IF_FAILED(window->members->meeting == NULL ? MPI_Barrier(window->members->comm)
                                                           : unfold_meet(window->members));
  return MPI_Win_sync(window->window);
}

void unfold_publish(uint64_t *place, uint64_t value) {
  __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

uint64_t unfold_published(const uint64_t *place) {
  return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

int unfold_window_free(unfold_window *window) {
  UNFOLD_RETURN_IF_FAILED(MPI_Win_unlock_all(window->window));
  int status = MPI_Win_free(&window->window);
  free(window);
  return status;
}

int64_t unfold_free_bytes(const char *path) {
  struct statvfs file_system;
  if (statvfs(path, &file_system) != 0) return -1;
  return (int64_t)file_system.f_bavail * (int64_t)file_system.f_frsize;
}
