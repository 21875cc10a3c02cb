// What the opaque handles are made of; for this target alone.
#pragma once

#include "CMessagePassing.h"
#include <mpi.h>

typedef struct unfold_meeting unfold_meeting;

struct unfold_communicator {
  MPI_Comm comm;
  int rank;
  int size;
  /// Where its ranks meet before they wait inside MPI; NULL where each has a core to wait on.
  unfold_meeting *meeting;
};

struct unfold_window {
  MPI_Win window;
  const unfold_communicator *members;
};

/// Returns from the enclosing function with the code of a failed MPI call.
#define UNFOLD_RETURN_IF_FAILED(call) \
  do {                                \
    int status_of_call = (call);      \
    if (status_of_call != MPI_SUCCESS) return status_of_call; \
  } while (0)

/// The length of the next message when `remaining` elements are left.
static inline int unfold_message_length(int64_t remaining, int64_t limit) {
  return (int)(remaining < limit ? remaining : limit);
}
