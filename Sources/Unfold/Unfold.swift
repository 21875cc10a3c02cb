/// The library: everything that a program needs to train recurrent networks with Unfold.
@_exported import Communication
@_exported import Recurrent
@_exported import Settings
@_exported import Storage
@_exported import Training
