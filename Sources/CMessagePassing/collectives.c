// Collectives, cut into messages whose counts fit MPI's `int`.
#include "handles.h"

static MPI_Datatype datatype(unfold_mpi_element element) {
  switch (element) {
  case UNFOLD_MPI_FLOAT: return MPI_FLOAT;
  case UNFOLD_MPI_DOUBLE: return MPI_DOUBLE;
  case UNFOLD_MPI_INT64: return MPI_INT64_T;
  }
  return MPI_DATATYPE_NULL;
}

static int64_t element_size(unfold_mpi_element element) {
  return element == UNFOLD_MPI_FLOAT ? sizeof(float) : sizeof(double);
}

static MPI_Op reduction(unfold_mpi_operation operation) {
  switch (operation) {
  case UNFOLD_MPI_SUM: return MPI_SUM;
  case UNFOLD_MPI_MINIMUM: return MPI_MIN;
  case UNFOLD_MPI_MAXIMUM: return MPI_MAX;
  }
  return MPI_OP_NULL;
}

int unfold_barrier(const unfold_communicator *group) { return MPI_Barrier(group->comm); }

int unfold_allreduce(const unfold_communicator *group, void *values, int64_t count,
                     unfold_mpi_element element, unfold_mpi_operation operation, int64_t limit) {
  for (int64_t start = 0; start < count; start += limit) {
    char *message = (char *)values + start * element_size(element);
    UNFOLD_RETURN_IF_FAILED(MPI_Allreduce(MPI_IN_PLACE, message,
                                          unfold_message_length(count - start, limit),
                                          datatype(element), reduction(operation), group->comm));
  }
  return MPI_SUCCESS;
}

int unfold_broadcast(const unfold_communicator *group, void *bytes, int64_t count, int root,
                     int64_t limit) {
  for (int64_t start = 0; start < count; start += limit) {
    UNFOLD_RETURN_IF_FAILED(MPI_Bcast((char *)bytes + start,
                                      unfold_message_length(count - start, limit), MPI_BYTE, root,
                                      group->comm));
  }
  return MPI_SUCCESS;
}

int unfold_gather_int64(const unfold_communicator *group, int64_t value, int64_t *values,
                        int root) {
  return MPI_Gather(&value, 1, MPI_INT64_T, values, 1, MPI_INT64_T, root, group->comm);
}
