// Messages between many ranks at once.
#include "handles.h"

#include <stdlib.h>

/// Requests in flight, kept from one exchange to the next.
static struct {
  MPI_Request *requests;
  int count, capacity;
} flight;

static int make_room(void) {
  if (flight.count < flight.capacity) return MPI_SUCCESS;
  int capacity = 2 * flight.capacity + 64;
  MPI_Request *requests = realloc(flight.requests, (size_t)capacity * sizeof *requests);
  if (requests == NULL) return UNFOLD_MPI_OUT_OF_MEMORY;
  flight.requests = requests;
  flight.capacity = capacity;
  return MPI_SUCCESS;
}

static int start(const unfold_communicator *group, const unfold_transfer *transfer, int tag,
                 int64_t limit) {
  for (int64_t done = 0; done < transfer->count; done += limit) {
    UNFOLD_RETURN_IF_FAILED(make_room());
    float *values = transfer->values + done;
    int length = unfold_message_length(transfer->count - done, limit);
    MPI_Request *request = &flight.requests[flight.count];
    UNFOLD_RETURN_IF_FAILED(
        transfer->is_sent
            ? MPI_Isend(values, length, MPI_FLOAT, transfer->rank, tag, group->comm, request)
            : MPI_Irecv(values, length, MPI_FLOAT, transfer->rank, tag, group->comm, request));
    flight.count++;
  }
  return MPI_SUCCESS;
}

int unfold_exchange(const unfold_communicator *group, const unfold_transfer *transfers,
                    int64_t count, int tag, int64_t limit) {
  flight.count = 0;
  for (int64_t index = 0; index < count; ++index) {
    UNFOLD_RETURN_IF_FAILED(start(group, &transfers[index], tag, limit));
  }
  // One by one, since MPI_Waitall hides the code in statuses.
  for (int index = 0; index < flight.count; ++index) {
    UNFOLD_RETURN_IF_FAILED(MPI_Wait(&flight.requests[index], MPI_STATUS_IGNORE));
  }
  return MPI_SUCCESS;
}
