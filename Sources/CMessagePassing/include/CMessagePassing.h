/// The narrow waist between Swift and MPI: opaque handles in, error codes out.
///
/// `MPI_COMM_WORLD` and `MPI_FLOAT` are cast macros that Swift cannot import, so this is the only
/// target that includes mpi.h. Every function that returns `int` returns 0, an MPI error code, or a
/// negative `unfold_mpi_status`; `unfold_mpi_error_string` turns each into words. Counts are
/// 64-bit; MPI's are `int`, so a call moves its data in messages of at most `limit` elements.
/// All of them must be called from the thread that called `unfold_mpi_initialize`, but for flights: where
/// `unfold_mpi_serves_threads`, any thread may start and test them while no other calls MPI. Signs of
/// life, mailboxes and stacks have nothing to do with MPI and are for any thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Conditions that MPI itself has no code for.
enum unfold_mpi_status {
  UNFOLD_MPI_SUCCESS = 0,
  UNFOLD_MPI_OUT_OF_MEMORY = -1,
  UNFOLD_MPI_THREAD_LEVEL = -2,
  UNFOLD_MPI_MISALIGNED = -3,
};

/// The type of the elements that are reduced.
typedef enum unfold_mpi_element {
  UNFOLD_MPI_FLOAT,
  UNFOLD_MPI_DOUBLE,
  UNFOLD_MPI_INT64,
} unfold_mpi_element;

/// What a reduction does with the ranks' elements.
typedef enum unfold_mpi_operation {
  UNFOLD_MPI_SUM,
  UNFOLD_MPI_MINIMUM,
  UNFOLD_MPI_MAXIMUM,
} unfold_mpi_operation;

/// A group of ranks (`MPI_Comm`).
typedef struct unfold_communicator unfold_communicator;
/// Messages under way (one `MPI_Request` for each).
typedef struct unfold_flight unfold_flight;
/// Memory that ranks of a node share (`MPI_Win`).
typedef struct unfold_window unfold_window;

// MARK: Life

/// Initialises MPI and gives a private copy of the world communicator. Asks for `MPI_THREAD_SERIALIZED`;
/// `UNFOLD_MPI_THREAD_LEVEL` when the library grants less than `MPI_THREAD_FUNNELED`.
int unfold_mpi_initialize(unfold_communicator **world);

/// Ends MPI. Collective; every handle must have been freed. Does nothing the second time.
int unfold_mpi_finalize(void);

/// Remembers that a call of this process has failed.
void unfold_mpi_note_failure(void);

/// Whether one has.
bool unfold_mpi_has_failed(void);

/// Whether the caller is the thread that initialised MPI.
bool unfold_mpi_is_initial_thread(void);

/// Whether threads may call MPI in turns (`MPI_THREAD_SERIALIZED`).
bool unfold_mpi_serves_threads(void);

/// Ends every rank of the job with this exit code, at once.
_Noreturn void unfold_mpi_abort(int code);

/// Writes the words for an error code, 0-terminated, into `text[0..<capacity]`.
void unfold_mpi_error_string(int code, char *text, int capacity);

/// The name and version of the MPI library in one line, as above.
void unfold_mpi_library_version(char *text, int capacity);

/// The thread level that MPI granted, such as `funneled`, as above.
void unfold_mpi_thread_level(char *text, int capacity);

/// The components of Open MPI that are loaded to carry messages, each followed by a blank, such as
/// `pml_ob1 btl_self btl_tcp `, as above. Those of a kind that the chosen PML does not use may be among
/// them. Nothing with other libraries.
void unfold_mpi_components(char *text, int capacity);

// MARK: Groups

int unfold_communicator_rank(const unfold_communicator *group);
int unfold_communicator_size(const unfold_communicator *group);

/// Splits the world into nodes (ranks that share memory), ordered by rank.
///
/// `ranks_per_node` above 0 cuts each node further into blocks of that many ranks, to try several
/// nodes on one machine. `index` and `count` number the nodes in the order of their leaders.
int unfold_communicator_split_nodes(const unfold_communicator *world, int ranks_per_node,
                                    unfold_communicator **node, int *index, int *count);

/// Splits a group into those of equal `color`, not below 0, ordered by rank. Collective over it.
int unfold_communicator_split(const unfold_communicator *group, int color,
                              unfold_communicator **part);

/// Frees a group. Collective over it.
int unfold_communicator_free(unfold_communicator *group);

// MARK: Collectives

int unfold_barrier(const unfold_communicator *group);

/// Reduces `values[0..<count]` over the group, in place.
int unfold_allreduce(const unfold_communicator *group, void *values, int64_t count,
                     unfold_mpi_element element, unfold_mpi_operation operation, int64_t limit);

/// Copies the root's bytes to every rank.
int unfold_broadcast(const unfold_communicator *group, void *bytes, int64_t count, int root,
                     int64_t limit);

/// Collects one number of every rank in `values[0..<size]` at the root (NULL elsewhere).
int unfold_gather_int64(const unfold_communicator *group, int64_t value, int64_t *values,
                        int root);

// MARK: Point to point

/// Sends bytes to one rank.
int unfold_send(const unfold_communicator *group, const void *bytes, int64_t count, int rank,
                int tag, int64_t limit);

/// Receives bytes from one rank; `received` says how many came, at most `count`.
int unfold_receive(const unfold_communicator *group, void *bytes, int64_t count, int rank, int tag,
                   int64_t limit, int64_t *received);

/// Floats that go to another rank, or come from it.
typedef struct unfold_transfer {
  float *values;
  int64_t count;
  int rank;
  bool is_sent;
} unfold_transfer;

/// Creates a flight of transfers, with none in it.
int unfold_flight_create(unfold_flight **flight);

/// Starts sending and receiving all of these, however they depend on one another. Between two ranks what
/// is sent first is received first, among transfers of the same `tag`. The flight before must have landed.
int unfold_flight_start(unfold_flight *flight, const unfold_communicator *group,
                        const unfold_transfer *transfers, int64_t count, int tag, int64_t limit);

/// Moves the messages on, and tells whether all have been sent and received.
int unfold_flight_test(unfold_flight *flight, bool *has_landed);

/// Frees a flight that has landed.
void unfold_flight_free(unfold_flight *flight);

// MARK: Shared memory

/// Allocates `count` bytes once for a group of ranks of one node, and opens them for loads and stores
/// (`MPI_Win_lock_all`). Collective over the group.
///
/// `base` is where the bytes begin in this process, aligned to `alignment` bytes. Ask
/// `unfold_free_bytes` first: with too little room MPI errs on one rank and hangs the others.
int unfold_window_allocate(const unfold_communicator *group, int64_t count, int64_t alignment,
                           unfold_window **window, void **base);

/// Makes what any of its ranks stored before the call visible to all after it. Collective.
int unfold_window_hand_over(unfold_window *window);

/// Puts a number where the others of the group see it, after all that this rank stored before.
void unfold_publish(uint64_t *place, uint64_t value);

/// The number that a rank has published; what it stored before can be read then.
uint64_t unfold_published(const uint64_t *place);

/// Frees the memory. Collective over its ranks.
int unfold_window_free(unfold_window *window);

/// From now on the ranks of `group`, of one node, wait for one another without keeping a core busy: at
/// `unfold_meet`, and in the hand-over of its windows. Collective over it. Ask `unfold_free_bytes`
/// first.
int unfold_meeting_create(unfold_communicator *group);

/// Waits until every rank of the group has come here; at once unless its ranks meet so.
int unfold_meet(const unfold_communicator *group);

/// Ends that way of waiting. Collective over the group.
int unfold_meeting_free(unfold_communicator *group);

/// The bytes that may still be written to the file system at `path`; -1 when it cannot be asked.
int64_t unfold_free_bytes(const char *path);

// MARK: Crashes

/// From now on SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT and SIGQUIT write the line
/// `unfold: rank <rank>: crashed: <signal>` (or `ended by <signal>`, where another process sent it) to
/// standard error, do what they did before if it was a crash, and end the process. They, SIGTERM and
/// SIGINT are delivered from now on, whatever the program that started this one had blocked.
void unfold_report_crashes(int rank);

// MARK: Signs of life

/// What a rank tells others of itself, in memory that they may read at any time.
typedef struct unfold_heartbeat {
  /// Grows whenever the rank goes on: with every phase, and around every wait.
  uint64_t beats;
  /// Grows as long as the process runs, whatever its rank does.
  uint64_t ticks;
  /// The update that it works on.
  uint64_t step;
  /// What it does for it, by the caller's numbers.
  uint64_t phase;
  /// Above 0 while it waits for other ranks.
  uint64_t waits;
  /// Its number in the system.
  uint64_t process;
} unfold_heartbeat;

/// From now on this process's heart beats here, in zeroed memory; NULL for where nobody looks.
void unfold_heartbeat_move(unfold_heartbeat *place);

/// Says that this rank goes on.
void unfold_heartbeat_beat(void);

/// Says that it begins an update, with this phase.
void unfold_heartbeat_begin(uint64_t step, uint64_t phase);

/// Says that it goes on with another phase.
void unfold_heartbeat_enter(uint64_t phase);

/// Says that it waits for other ranks from now on.
void unfold_heartbeat_begin_wait(void);

/// Says that it has waited.
void unfold_heartbeat_end_wait(void);

/// Says that the process runs.
void unfold_heartbeat_tick(void);

/// What a rank tells.
unfold_heartbeat unfold_heartbeat_read(const unfold_heartbeat *place);

// MARK: Mailboxes

/// A socket for datagrams between ranks that share no memory.
typedef struct unfold_mailbox unfold_mailbox;

/// Opens one, at a port that the system chooses; NULL where there are no sockets.
unfold_mailbox *unfold_mailbox_open(void);

/// Closes it.
void unfold_mailbox_close(unfold_mailbox *mailbox);

/// Writes its port and this host's IPv4 addresses, `40123 10.0.0.1 10.1.0.1`, 0-terminated, into
/// `text[0..<capacity]`; as many addresses as there is room for.
void unfold_mailbox_address(const unfold_mailbox *mailbox, char *text, int capacity);

/// Adds a place that everything is sent to; false if the address is none.
bool unfold_mailbox_add(unfold_mailbox *mailbox, const char *address, int port);

/// Sends bytes to all places that were added, without waiting. They may be lost.
void unfold_mailbox_send(const unfold_mailbox *mailbox, const void *bytes, int count);

/// Takes the next datagram; returns its length, which may exceed what there was room for, or -1 if none
/// has come.
int unfold_mailbox_take(const unfold_mailbox *mailbox, void *bytes, int capacity);

// MARK: Stacks

/// Makes ready for `unfold_write_stacks`, which then needs no memory on the threads that it asks.
void unfold_prepare_stacks(void);

/// Lets each thread of this process but the caller's write its call stack to standard error, 16 threads
/// at most. For a process that is about to end: SIGPROF, and calls that are interrupted, are not as they
/// were.
void unfold_write_stacks(int rank);
