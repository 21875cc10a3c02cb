// What the MPI library tells of itself.
#include "handles.h"

#include <stdio.h>
#include <string.h>

void unfold_mpi_thread_level(char *text, int capacity) {
  int level = -1;
  const char *name = "unknown";
  if (MPI_Query_thread(&level) == MPI_SUCCESS) {
    if (level == MPI_THREAD_SINGLE) name = "single";
    if (level == MPI_THREAD_FUNNELED) name = "funneled";
    if (level == MPI_THREAD_SERIALIZED) name = "serialized";
    if (level == MPI_THREAD_MULTIPLE) name = "multiple";
  }
  snprintf(text, (size_t)capacity, "%s", name);
}

// Not with MPICH: there MPI_T_finalize takes away variables that its collectives read afterwards.
#ifdef OPEN_MPI

/// Adds the component that a variable belongs to (`btl_tcp` of `btl_tcp_links`), unless it is there.
static void add_component(const char *variable, char *text, size_t capacity) {
  static const char *const frameworks[] = {"pml_", "btl_", "mtl_"};
  enum { framework_length = 4, framework_count = sizeof frameworks / sizeof frameworks[0] };
  bool carries_messages = false;
  for (int index = 0; index < framework_count; ++index) {
    carries_messages |= strncmp(variable, frameworks[index], framework_length) == 0;
  }
  if (!carries_messages) return;
  size_t length = framework_length + strcspn(variable + framework_length, "_");
  char word[64];
  snprintf(word, sizeof word, "%.*s ", (int)length, variable);
  size_t used = strlen(text);
  if (strstr(text, word) == NULL && used + strlen(word) < capacity) strcpy(text + used, word);
}

void unfold_mpi_components(char *text, int capacity) {
  text[0] = '\0';
  int granted = 0, count = 0;
  // Open MPI notes this level as that of the whole process: it must be the one it was started with.
  if (MPI_T_init_thread(MPI_THREAD_FUNNELED, &granted) != MPI_SUCCESS) return;
  if (MPI_T_cvar_get_num(&count) != MPI_SUCCESS) count = 0;
  for (int index = 0; index < count; ++index) {
    char name[128] = "";
    int length = sizeof name, verbosity = 0, binding = 0, scope = 0;
    MPI_Datatype datatype;
    MPI_T_enum values;
    // The variables of components that were not chosen are gone, and asking for them fails.
    int status = MPI_T_cvar_get_info(index, name, &length, &verbosity, &datatype, &values, NULL,
                                     NULL, &binding, &scope);
    if (status == MPI_SUCCESS) add_component(name, text, (size_t)capacity);
  }
  MPI_T_finalize();
}

#else

void unfold_mpi_components(char *text, int capacity) {
  (void)capacity;
  text[0] = '\0';
}

#endif
