import Testing

/// What users see: the real executable, where it matters under the real launcher. One after the
/// other, for several mpirun at once would crowd a small machine.
@Suite(.serialized) enum CommandLineTests {}
