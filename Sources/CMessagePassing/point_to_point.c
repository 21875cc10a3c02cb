// Messages between two ranks, cut so that their counts fit MPI's `int`.
#include "handles.h"

int unfold_send(const unfold_communicator *group, const void *bytes, int64_t count, int rank,
                int tag, int64_t limit) {
  int64_t start = 0;
  // At least one message, so that an empty one arrives too.
  do {
    int length = unfold_message_length(count - start, limit);
    UNFOLD_RETURN_IF_FAILED(
        MPI_Send((const char *)bytes + start, length, MPI_BYTE, rank, tag, group->comm));
    start += length;
  } while (start < count);
  return MPI_SUCCESS;
}

int unfold_receive(const unfold_communicator *group, void *bytes, int64_t count, int rank, int tag,
                   int64_t limit, int64_t *received) {
  *received = 0;
  do {
    int expected = unfold_message_length(count - *received, limit), length = 0;
    MPI_Status status;
    UNFOLD_RETURN_IF_FAILED(MPI_Recv((char *)bytes + *received, expected, MPI_BYTE, rank, tag,
                                     group->comm, &status));
    UNFOLD_RETURN_IF_FAILED(MPI_Get_count(&status, MPI_BYTE, &length));
    *received += length;
    if (length < expected) return MPI_SUCCESS;
  } while (*received < count);
  return MPI_SUCCESS;
}
