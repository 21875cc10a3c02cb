import Foundation

/// The rank that the launcher gave this process, before MPI has started; 0 without a launcher.
enum LaunchedRank {
  static var current: Int {
    let environment = ProcessInfo.processInfo.environment
    let names = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]
    return names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first ?? 0
  }
}
