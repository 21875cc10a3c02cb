/// The library: everything that a program needs to train recurrent networks with Unfold.
@_exported import Communication
@_exported import Configuration
@_exported import Optimization
@_exported import Recurrent
@_exported import SequenceData
@_exported import Storage
@_exported import Training
@_exported import WorkerPool
