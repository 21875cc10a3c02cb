// Beginning and end of MPI, its error strings, and the groups of ranks.
#include "handles.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_t initial_thread;
static int thread_level = MPI_THREAD_SINGLE;
static bool has_failed = false;

static int make_communicator(MPI_Comm comm, unfold_communicator **result) {
  unfold_communicator *group = malloc(sizeof *group);
  if (group == NULL) return UNFOLD_MPI_OUT_OF_MEMORY;
  group->comm = comm;
  group->meeting = NULL;
  *result = group;
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN));
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_rank(comm, &group->rank));
  return MPI_Comm_size(comm, &group->size);
}

int unfold_mpi_initialize(unfold_communicator **world) {
  UNFOLD_RETURN_IF_FAILED(MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &thread_level));
  initial_thread = pthread_self();
  // Errors that belong to no group of ours (allocation, windows) go to WORLD or SELF.
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN));
  if (thread_level < MPI_THREAD_FUNNELED) return UNFOLD_MPI_THREAD_LEVEL;
  MPI_Comm comm;
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_dup(MPI_COMM_WORLD, &comm));
  return make_communicator(comm, world);
}

int unfold_mpi_finalize(void) {
  int finalized = 0;
  UNFOLD_RETURN_IF_FAILED(MPI_Finalized(&finalized));
  return finalized ? MPI_SUCCESS : MPI_Finalize();
}

void unfold_mpi_note_failure(void) { has_failed = true; }

bool unfold_mpi_has_failed(void) { return has_failed; }

bool unfold_mpi_is_initial_thread(void) {
  return pthread_equal(pthread_self(), initial_thread);
}

bool unfold_mpi_serves_threads(void) { return thread_level >= MPI_THREAD_SERIALIZED; }

_Noreturn void unfold_mpi_abort(int code) {
  fflush(NULL);
  MPI_Abort(MPI_COMM_WORLD, code);
  _exit(code);
}

/// Copies text so that it is one line: what follows a line feed is left off.
static void copy_line(const char *source, char *text, int capacity) {
  snprintf(text, (size_t)capacity, "%s", source);
  text[strcspn(text, "\r\n")] = '\0';
}

void unfold_mpi_error_string(int code, char *text, int capacity) {
  char words[MPI_MAX_ERROR_STRING] = "unknown error";
  int length = 0;
  switch (code) {
  case UNFOLD_MPI_OUT_OF_MEMORY: copy_line("out of memory", text, capacity); return;
  case UNFOLD_MPI_THREAD_LEVEL:
    copy_line("the library does not grant MPI_THREAD_FUNNELED", text, capacity);
    return;
  case UNFOLD_MPI_MISALIGNED:
    copy_line("the shared window is mapped at a misaligned address", text, capacity);
    return;
  default: MPI_Error_string(code, words, &length); copy_line(words, text, capacity);
  }
}

void unfold_mpi_library_version(char *text, int capacity) {
  char words[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(words, &length);
  for (char *character = words; *character != '\0'; ++character) {
    if (*character == '\t') *character = ' ';
  }
  copy_line(words, text, capacity);
}

int unfold_communicator_rank(const unfold_communicator *group) { return group->rank; }

int unfold_communicator_size(const unfold_communicator *group) { return group->size; }

/// The ranks that share memory, or a block of them.
static int split_node(const unfold_communicator *world, int ranks_per_node, MPI_Comm *node) {
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_split_type(world->comm, MPI_COMM_TYPE_SHARED, world->rank,
                                              MPI_INFO_NULL, node));
  if (ranks_per_node <= 0) return MPI_SUCCESS;
  MPI_Comm whole = *node;
  int rank = 0;
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_rank(whole, &rank));
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_split(whole, rank / ranks_per_node, rank, node));
  return MPI_Comm_free(&whole);
}

int unfold_communicator_split_nodes(const unfold_communicator *world, int ranks_per_node,
                                    unfold_communicator **node, int *index, int *count) {
  MPI_Comm comm, leaders;
  UNFOLD_RETURN_IF_FAILED(split_node(world, ranks_per_node, &comm));
  UNFOLD_RETURN_IF_FAILED(make_communicator(comm, node));
  int is_leader = (*node)->rank == 0;
  UNFOLD_RETURN_IF_FAILED(
      MPI_Comm_split(world->comm, is_leader ? 0 : MPI_UNDEFINED, world->rank, &leaders));
  int place[2] = {0, 0};
  if (is_leader) {
    UNFOLD_RETURN_IF_FAILED(MPI_Comm_rank(leaders, &place[0]));
    UNFOLD_RETURN_IF_FAILED(MPI_Comm_size(leaders, &place[1]));
    UNFOLD_RETURN_IF_FAILED(MPI_Comm_free(&leaders));
  }
  UNFOLD_RETURN_IF_FAILED(MPI_Bcast(place, 2, MPI_INT, 0, comm));
  *index = place[0];
  *count = place[1];
  return MPI_SUCCESS;
}

int unfold_communicator_split(const unfold_communicator *group, int color,
                              unfold_communicator **part) {
  MPI_Comm comm;
  UNFOLD_RETURN_IF_FAILED(MPI_Comm_split(group->comm, color, group->rank, &comm));
  return make_communicator(comm, part);
}

int unfold_communicator_free(unfold_communicator *group) {
  int status = MPI_Comm_free(&group->comm);
  free(group);
  return status;
}
