// The system's MPI, found by pkg-config (UNFOLD_MPI: `ompi-c` or `mpich`).
#pragma once
#include <mpi.h>
