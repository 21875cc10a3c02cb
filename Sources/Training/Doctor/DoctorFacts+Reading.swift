import CKernels
import Communication
import Foundation
import Workers

extension RankFacts {
  /// Asks this rank, and measures with all ranks at once. Collective.
  init(of resources: RankResources, areWorkersGiven: Bool) throws {
    let communicator = resources.communicator
    let mask = ProcessorMask.current()
    rank = communicator.rank
    node = communicator.node.index
    cores = mask.cores
    workers = resources.workers
    self.areWorkersGiven = areWorkersGiven
    memoryDomains = MemoryDomains().bits(of: mask).nonzeroBitCount
    variant = resources.variant
    bestVariant = Self.bestVariant
    isX86 = Self.isOnX86
    library = communicator.library
    threadLevel = communicator.threadLevel
    let probe = try WorkerProbe(resources)
    flushingWorkers = probe.flushingWorkers
    readBytesPerSecond = probe.bytesPerSecond
  }

  /// Whatever UNFOLD_ISA says.
  private static var bestVariant: String {
    let best = [UNFOLD_VARIANT_AVX512, UNFOLD_VARIANT_AVX2].first {
      unfold_supports_variant($0) && unfold_check_variant($0)
    }
    return String(cString: unfold_variant_name(best ?? UNFOLD_VARIANT_BASELINE))
  }

  private static var isOnX86: Bool {
    #if arch(x86_64)
      return true
    #else
      return false
    #endif
  }
}

extension NodeFacts {
  /// Asks the node that this rank leads.
  init(of communicator: any Communicator, files: SystemFiles = SystemFiles()) {
    index = communicator.node.index
    host = communicator.hostName
    coreCount = ProcessorMask.machineCoreCount
    // Only mpirun of Open MPI is known to bind its ranks to some of its own cores.
    if ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"] != nil {
      launcherCoreCount = files.coreCount(ofProcess: getppid())
    }
    memoryDomains = MemoryDomains().cores.count { !$0.isEmpty }
    hugePages = files.hugePages("enabled")
    sharedHugePages = files.hugePages("shmem_enabled")
    sharedMemory = SpaceFacts(at: "/dev/shm")
    memory = MemoryLimit.available?.bytes
    memoryBound = MemoryLimit.available?.words ?? ""
    processorQuota = ControlGroup(files: files).processorQuota
    interfaces = files.networkInterfaces
    hasInfiniBand = files.hasInfiniBand
    carrier = communicator.node.count > 1 ? communicator.messageCarrier : nil
  }
}

extension FolderFacts {
  /// Asks about an absolute path.
  init(at path: String, files: SystemFiles = SystemFiles()) {
    self.path = path
    fileSystem = files.fileSystem(at: path)
    space = SpaceFacts(at: path)
  }
}

extension SpaceFacts {
  /// Asks the file system at a path; nil if it does not answer.
  init?(at path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let unit = Double(status.f_frsize)
    self.init(size: Double(status.f_blocks) * unit, free: Double(status.f_bavail) * unit)
  }
}
