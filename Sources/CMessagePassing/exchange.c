// Messages between many ranks at once, which move while the caller does something else.
#include "handles.h"

#include <stdlib.h>

struct unfold_flight {
  MPI_Request *requests;
  /// Of those that were started, all before `landed` are complete.
  int count, landed, capacity;
};

int unfold_flight_create(unfold_flight **flight) {
  *flight = calloc(1, sizeof **flight);
  return *flight == NULL ? UNFOLD_MPI_OUT_OF_MEMORY : MPI_SUCCESS;
}

void unfold_flight_free(unfold_flight *flight) {
  free(flight->requests);
  free(flight);
}

static int make_room(unfold_flight *flight) {
  if (flight->count < flight->capacity) return MPI_SUCCESS;
  int capacity = 2 * flight->capacity + 8;
  MPI_Request *requests = realloc(flight->requests, (size_t)capacity * sizeof *requests);
  if (requests == NULL) return UNFOLD_MPI_OUT_OF_MEMORY;
  flight->requests = requests;
  flight->capacity = capacity;
  return MPI_SUCCESS;
}

static int start(unfold_flight *flight, const unfold_communicator *group,
                 const unfold_transfer *transfer, int tag, int64_t limit) {
  for (int64_t done = 0; done < transfer->count; done += limit) {
    UNFOLD_RETURN_IF_FAILED(make_room(flight));
    float *values = transfer->values + done;
    int length = unfold_message_length(transfer->count - done, limit);
    MPI_Request *request = &flight->requests[flight->count];
    UNFOLD_RETURN_IF_FAILED(
        transfer->is_sent
            ? MPI_Isend(values, length, MPI_FLOAT, transfer->rank, tag, group->comm, request)
            : MPI_Irecv(values, length, MPI_FLOAT, transfer->rank, tag, group->comm, request));
    flight->count++;
  }
  return MPI_SUCCESS;
}

int unfold_flight_start(unfold_flight *flight, const unfold_communicator *group,
                        const unfold_transfer *transfers, int64_t count, int tag,
                        int64_t limit) {
  flight->count = flight->landed = 0;
  for (int64_t index = 0; index < count; ++index) {
    UNFOLD_RETURN_IF_FAILED(start(flight, group, &transfers[index], tag, limit));
  }
  return MPI_SUCCESS;
}

int unfold_flight_test(unfold_flight *flight, bool *has_landed) {
  // One by one, since MPI_Testall hides the code in statuses.
  for (; flight->landed < flight->count; ++flight->landed) {
    int is_complete = 0;
    UNFOLD_RETURN_IF_FAILED(
        MPI_Test(&flight->requests[flight->landed], &is_complete, MPI_STATUS_IGNORE));
    if (!is_complete) break;
  }
  *has_landed = flight->landed == flight->count;
  return MPI_SUCCESS;
}
